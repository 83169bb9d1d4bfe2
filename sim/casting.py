"""Who plays: the configuration's specs become a counselor each, and the company around them.

A counselor's spec is `protocol[:prompt][@model]`; a model's is `scripted`, a name in `[models]`,
`provider:model` as in LangChain, or `local:PATH`. Model code is imported only where a spec needs it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from agents.client import Appraiser, Client, ScriptedAppraiser, ScriptedClient
from agents.counselors import PROTOCOLS, build_counselor
from agents.counselors.base import Counselor
from agents.counselors.supervisor import ScriptedSupervisor, Supervisor
from agents.models.endpoint import Endpoint
from evaluators.judge import (
    Judge,
    MoodObserver,
    PanasObserver,
    SafetyScreen,
    ScriptedJudge,
    ScriptedScreen,
    ScriptedSelfReporter,
    SelfReporter,
)
from graphs.state import Company
from personas.errors import InputError, suggest
from personas.files import read_text
from runs.key import Cast
from sim.config import RunConfig

if TYPE_CHECKING:
    from agents.models.reply import Model

SCRIPTED = "scripted"
LOCAL = "local:"
WITH_MODEL = ("crdial", "cactus", "cbt_qa", "plain")
KNOWN = tuple(dict.fromkeys((*PROTOCOLS, *WITH_MODEL)))
SHAPING = {"model", "temperature", "max_tokens", "seed", "extra_body"}
Voice = TypeVar("Voice")


@dataclass(frozen=True)
class Spec:
    """A counselor's spec taken apart; `model` is `scripted` or names a model."""

    protocol: str
    prompt: str
    model: str

    @property
    def name(self) -> str:
        """Return the spec in full, as records name the counselor."""
        prompt = f":{self.prompt}" if self.prompt else ""
        return f"{self.protocol}{prompt}" + ("" if self.model == SCRIPTED else f"@{self.model}")


class Casting:
    """Builds the voices of one run; every model is opened once and shared.

    `where` names, for errors, the place that lists the counselors.
    """

    def __init__(self, config: RunConfig, where: str) -> None:
        self._config = config
        self._where = where
        self._models: dict[str, Model] = {}
        self._digests: dict[str, str] = {}  # what shapes a voice's words beside its name, by spec

    def build_counselors(self) -> dict[str, Counselor]:
        """Return the counselors by their full specs. Raises InputError for one that cannot be."""
        specs = [self._parse(spec) for spec in self._config.counselors]
        doubled = [name for name, n in Counter(spec.name for spec in specs).items() if n > 1]
        if doubled:
            raise InputError(f"named twice: {', '.join(doubled)}", where=self._where)
        return {spec.name: self._build_counselor(spec) for spec in specs}

    def build_casts(self, counselors: dict[str, Counselor], company: Company) -> dict[str, Cast]:
        """Return who plays when a counselor does, by its spec: what an episode's key is made of."""
        roles = self._config.roles
        around = {*roles.model_dump(exclude={"judges", "counselor"}).values(), *roles.judges}
        shared = {self._config.model, *around}
        return {
            name: Cast(name, company.name_voices(counselor), self._settings(shared | _parts(name)))
            for name, counselor in counselors.items()
        }

    def _settings(self, names: set[str]) -> tuple[tuple[str, str], ...]:
        return tuple(sorted((n, digest) for n, digest in self._digests.items() if n in names))

    def build_company(self) -> Company:
        """Return everybody beside the counselor."""
        roles, ctrs = self._config.roles, self._config.ctrs
        appraiser: Appraiser = self._voice(
            roles.appraisal, ScriptedAppraiser, lambda llm, m: llm.ModelAppraiser(m)
        )
        client: Client = self._voice(
            roles.client,
            lambda: ScriptedClient(appraiser),
            lambda llm, m: llm.ModelClient(m, appraiser),
        )
        supervisor: Supervisor = self._voice(
            roles.supervisor, ScriptedSupervisor, lambda llm, m: llm.ModelSupervisor(m)
        )
        observer: MoodObserver = self._voice(
            roles.panas, PanasObserver, lambda llm, m: llm.ModelObserver(m)
        )
        reporter: SelfReporter = self._voice(
            roles.panas, ScriptedSelfReporter, lambda llm, m: llm.ModelSelfReporter(m)
        )
        screen: SafetyScreen = self._voice(
            roles.safety, ScriptedScreen, lambda llm, m: llm.ModelScreen(m)
        )
        judges: list[Judge] = [
            self._voice(
                spec, lambda: ScriptedJudge(ctrs), lambda llm, m: llm.ModelCtrsJudge(m, ctrs)
            )
            for spec in roles.judges or (None,)
        ]
        return Company(client, supervisor, tuple(judges), observer, reporter, screen)

    def _voice(
        self,
        spec: str | None,
        scripted: Callable[[], Voice],
        speak: Callable[[ModuleType, Model], Voice],
    ) -> Voice:
        """Return the voice of a role: scripted, or by the model it or the whole run names."""
        name = spec or self._config.model
        return scripted() if name == SCRIPTED else speak(_llm(), self._open(name))

    def _parse(self, text: str) -> Spec:
        """Take a spec apart; a protocol without `@model` speaks with the run's, if it can."""
        front, _, model = text.partition("@")
        protocol, _, prompt = front.partition(":")
        if protocol not in KNOWN:
            raise InputError(
                f"there is no counselor named {protocol!r}",
                where=self._where,
                todo=suggest(protocol, KNOWN) or "they are: " + ", ".join(KNOWN),
            )
        default = self._config.roles.counselor or self._config.model
        return Spec(protocol, prompt, model or (default if protocol in WITH_MODEL else SCRIPTED))

    def _build_counselor(self, spec: Spec) -> Counselor:
        language = self._config.language
        if spec.model != SCRIPTED:
            prompt = self._read_prompt(spec.prompt) if spec.prompt else None
            model = self._open(spec.model)
            built: Counselor = _llm().build_model_counselor(
                spec.protocol, model, language, spec.name, prompt
            )
            return built
        if spec.protocol in PROTOCOLS and not spec.prompt:
            return build_counselor(spec.protocol, language)
        raise InputError(
            f"{spec.name} has no scripted voice",
            where=self._where,
            todo=f"name a model: {spec.name}@MODEL",
        )

    def _read_prompt(self, name: str) -> str:
        prompts = self._config.prompts
        if name not in prompts:
            raise InputError(
                f"there is no prompt named {name!r}",
                where=self._where,
                todo=suggest(name, prompts) or 'add it to the table [prompts]: NAME = "FILE"',
            )
        text = read_text(Path(prompts[name])).strip()
        if not text:
            raise InputError("the prompt is empty", where=prompts[name])
        self._digests[f":{name}"] = _digest(text)
        return text

    def _open(self, spec: str) -> Model:
        if spec not in self._models:
            self._models[spec] = self._connect(spec)
        return self._models[spec]

    def _connect(self, spec: str) -> Model:
        llm = _llm()
        model: Model
        if spec.startswith(LOCAL):
            from agents.models.local import LocalModel

            path = Path(spec.removeprefix(LOCAL))
            self._digests[spec] = str(path.resolve())
            model = llm.LedgerModel(LocalModel(path), spec)
            return model
        endpoint = llm.find_endpoint(spec, self._config.models)
        self._check_price(spec, endpoint)
        self._digests[spec] = _digest(endpoint.model_dump_json(include=SHAPING))
        model = llm.LedgerModel(llm.Caller(endpoint, stock=endpoint.stock), spec, endpoint)
        return model

    def _check_price(self, spec: str, endpoint: Endpoint) -> None:
        if self._config.max_cost is not None and endpoint.cost(0, 0, 0) is None:
            raise InputError(
                f"a bound on cost, but no price for {spec}",
                where="max_cost",
                todo="set price_prompt and price_completion in [models], or bound the tokens",
            )


def _llm() -> ModuleType:
    from sim import model_voices

    return model_voices


def _parts(name: str) -> set[str]:
    """Return the model and the prompt that a counselor's full spec names."""
    front, _, model = name.partition("@")
    return {model, f":{front.partition(':')[2]}"}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
