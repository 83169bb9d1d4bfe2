"""Who plays: the configuration's specs become a counselor each, and the company around them.

A counselor's spec is `protocol[:prompt][@model]`; a model's is `scripted`, a name in `[models]`,
`provider:model` as in LangChain, or `local:PATH`. Model code is imported only where a spec needs it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from agents.client import Appraiser, Client, ScriptedAppraiser, ScriptedClient
from agents.counselors import PROTOCOLS, build_counselor
from agents.counselors.base import Counselor
from agents.counselors.supervisor import ScriptedSupervisor, Supervisor
from agents.mind.parameters import load_parameters
from agents.models.endpoint import Endpoint
from agents.models.family import infer_family
from evaluators.judge import (
    Judge,
    MoodObserver,
    PanasObserver,
    SafetyScreen,
    ScriptedScreen,
    ScriptedSelfReporter,
    SelfReporter,
    find_scripted_judge,
)
from evaluators.pairwise import PairJudge, ScriptedPairJudge
from evaluators.scale import Scale, load_scale
from graphs.state import Company
from personas.errors import InputError, shorten, suggest
from personas.files import read_text
from runs.key import MIND, Cast
from sim.config import Place, Roles, RunConfig

if TYPE_CHECKING:
    from agents.models.reply import Model

SCRIPTED = "scripted"
LOCAL = "local:"
_END = 1 << 20  # bytes of a checkpoint's file that its fingerprint looks at, at either end
WITH_MODEL = ("crdial", "cactus", "cbt_qa", "plain")
KNOWN = tuple(dict.fromkeys((*PROTOCOLS, *WITH_MODEL)))
SHAPING = {"model", "temperature", "max_tokens", "seed", "extra_body", "logprobs"}
Voice = TypeVar("Voice")


@dataclass(frozen=True)
class Spec:
    """A counselor's spec taken apart; `model` is `scripted` or names a model, as `field` wants it."""

    protocol: str
    prompt: str
    model: str
    field: str

    @property
    def name(self) -> str:
        """Return the spec in full, as records name the counselor."""
        prompt = f":{self.prompt}" if self.prompt else ""
        return f"{self.protocol}{prompt}" + ("" if self.model == SCRIPTED else f"@{self.model}")


@dataclass(frozen=True)
class Seat:
    """A judge at work: by which spec, on which scale; `digest` is of what shapes its words."""

    spec: str
    scale: Scale
    judge: Judge
    digest: str


@dataclass(frozen=True)
class PairSeat:
    """A judge that compares two sessions; `digest` is of what shapes its words."""

    spec: str
    judge: PairJudge
    digest: str


class Casting:
    """Builds the voices of one run; every model is opened once and shared.

    `place` says, for errors, where a field of the configuration was set.
    """

    def __init__(self, config: RunConfig, place: Place) -> None:
        self._config = config
        self._place = place
        self._around = _name_around(config.roles)
        self._mind = load_parameters().replace(config.mind)
        self._models: dict[str, Model] = {}
        self._loaded: dict[tuple[Path, float], Model] = {}
        self._digests: dict[
            str, str
        ] = {}  # of what shapes a model's words, by its spec; of prompts
        self._scales: dict[str, str] = {}  # their digests, by id

    def build_counselors(self) -> dict[str, Counselor]:
        """Return the counselors by their full specs. Raises InputError for one that cannot be."""
        specs = [self._parse(spec) for spec in self._config.counselors]
        doubled = [name for name, n in Counter(spec.name for spec in specs).items() if n > 1]
        if doubled:
            raise InputError(f"named twice: {', '.join(doubled)}", where=self._place("counselors"))
        return {spec.name: self._build_counselor(spec) for spec in specs}

    def build_casts(self, counselors: dict[str, Counselor], company: Company) -> dict[str, Cast]:
        """Return who plays when a counselor does, by its spec: what an episode's key is made of."""
        return {
            name: Cast(name, company.name_voices(counselor), self._settings(name))
            for name, counselor in counselors.items()
        }

    def _settings(self, counselor: str) -> tuple[tuple[str, str], ...]:
        """Return, by role, the digests of what shapes the words of all who play with a counselor."""
        around = {role: spec or self._config.model for role, spec in self._around.items()}
        parts = {**around, **_parts(counselor)}
        voices = ((p, self._digests[n]) for p, n in parts.items() if n in self._digests)
        own = (name for name in self._config.scales if name.endswith(".toml"))
        scales = ((name, self._scales[Path(name).stem]) for name in own)
        mind = sorted(self._config.mind.items())
        return (*voices, *scales, *([(MIND, _digest(repr(mind)))] if mind else []))

    def build_company(self) -> Company:
        """Return everybody beside the counselor."""
        appraiser: Appraiser = self._voice(
            "appraisal", ScriptedAppraiser, lambda llm, m: llm.ModelAppraiser(m)
        )
        client: Client = self._voice(
            "client",
            lambda: ScriptedClient(appraiser, self._mind),
            lambda llm, m: llm.ModelClient(m, appraiser, self._mind),
        )
        supervisor: Supervisor = self._voice(
            "supervisor", ScriptedSupervisor, lambda llm, m: llm.ModelSupervisor(m)
        )
        observer: MoodObserver = self._voice(
            "panas", PanasObserver, lambda llm, m: llm.ModelObserver(m)
        )
        reporter: SelfReporter = self._voice(
            "panas", ScriptedSelfReporter, lambda llm, m: llm.ModelSelfReporter(m)
        )
        screen: SafetyScreen = self._voice(
            "safety", ScriptedScreen, lambda llm, m: llm.ModelScreen(m)
        )
        specs = self._config.roles.judges or (None,)
        judges = self.build_judges(specs, self._config.scales, self._config.samples)
        seated = tuple(seat.judge for seat in judges)
        return Company(client, supervisor, seated, observer, reporter, screen)

    def build_judges(
        self, specs: Sequence[str | None], scales: Sequence[str], samples: int
    ) -> list[Seat]:
        """Return a judge per spec and scale (None: by the run's model); rules rate only some scales.

        Raises InputError for a scale that is none, and for one that no judge can rate.
        """
        known = [self._find_scale(name) for name in scales]
        seats = [
            seat
            for n, spec in enumerate(specs)
            for scale in known
            if (seat := self._seat(spec, f"roles.judges.{n}", scale, samples))
        ]
        rated = {seat.scale.id for seat in seats}
        unrated = [scale.id for scale in known if scale.id not in rated]
        if unrated:
            raise InputError(
                f"there are no rules for {', '.join(unrated)}: a model must judge it",
                where=self._place("scales"),
                todo="name a model among the judges, such as --judges openai:gpt-4o-mini",
            )
        return seats

    def _seat(self, spec: str | None, field: str, scale: Scale, samples: int) -> Seat | None:
        name, field = (spec, field) if spec else (self._config.model, "model")
        judge: Judge | None
        if name == SCRIPTED:
            judge = find_scripted_judge(scale)
        else:
            judge = _llm().ModelJudge(self._open(name, field), scale, samples)
        return Seat(name, scale, judge, self._digests.get(name, "")) if judge else None

    def build_pair_judges(self, specs: Sequence[str]) -> tuple[PairSeat, ...]:
        """Return a pairwise judge per spec. Raises InputError for one that cannot be, or is named twice."""
        if len(set(specs)) < len(specs) or not all(specs):
            raise InputError("a name is empty or stands there twice", where=self._place("pairs"))
        return tuple(self._seat_pairs(spec) for spec in specs)

    def _seat_pairs(self, spec: str) -> PairSeat:
        if spec == SCRIPTED:
            return PairSeat(spec, ScriptedPairJudge(), "")
        judge: PairJudge = _llm().ModelPairJudge(self._open(spec, "pairs"))
        return PairSeat(spec, judge, self._digests.get(spec, ""))

    def _find_scale(self, name: str) -> Scale:
        try:
            scale = load_scale(name)
        except InputError as error:
            where = f"{self._place('scales')}: {error.where}" if error.where else None
            raise InputError(
                error.what, where=where or self._place("scales"), todo=error.todo
            ) from None
        if scale.kind == "affect":
            todo = "PANAS is read in every run; name another scale"
            raise InputError(
                f"{scale.id} is not rated by judges", where=self._place("scales"), todo=todo
            )
        self._scales[scale.id] = scale.digest
        return scale

    def find_kin(
        self, client: str, counselors: Iterable[str], judges: Iterable[str]
    ) -> tuple[str, ...]:
        """Return a warning for each judge (by spec) of the family of a speaker (by its model)."""
        speakers = {"the client": client} | {name: _parts(name)["counselor"] for name in counselors}
        return tuple(
            f"judge {judge} and {speaker} ({spec}) are of one family, {family}: "
            "judges tend to favour their own"
            for judge in dict.fromkeys(judges)
            if (family := self._family(judge))
            for speaker, spec in speakers.items()
            if self._family(spec) == family
        )

    def _family(self, spec: str) -> str:
        """Return the family of a spec's model, or of a name that a record gives for it.

        A model of no known family is its own; rules have none.
        """
        if spec == SCRIPTED:
            return ""
        endpoint = self._config.models.get(spec)
        if endpoint:
            return endpoint.kin or endpoint.model
        return infer_family(spec.rpartition(":")[2]) or spec

    def _voice(
        self,
        role: str,
        scripted: Callable[[], Voice],
        speak: Callable[[ModuleType, Model], Voice],
    ) -> Voice:
        """Return the voice of a role: scripted, or by the model it or the whole run names."""
        spec = self._around[role]
        name, field = (spec, f"roles.{role}") if spec else (self._config.model, "model")
        return scripted() if name == SCRIPTED else speak(_llm(), self._open(name, field))

    def _parse(self, text: str) -> Spec:
        """Take a spec apart; a protocol without `@model` speaks with the run's, if it can."""
        front, _, model = text.partition("@")
        protocol, _, prompt = front.partition(":")
        if protocol not in KNOWN:
            raise InputError(
                f"there is no counselor named {shorten(protocol)}",
                where=self._place("counselors"),
                todo=suggest(protocol, KNOWN) or "they are: " + ", ".join(KNOWN),
            )
        if model or protocol not in WITH_MODEL:
            return Spec(protocol, prompt, model or SCRIPTED, "counselors")
        if self._config.roles.counselor:
            return Spec(protocol, prompt, self._config.roles.counselor, "roles.counselor")
        return Spec(protocol, prompt, self._config.model, "model")

    def _build_counselor(self, spec: Spec) -> Counselor:
        language = self._config.language
        if spec.model != SCRIPTED:
            prompt = self._read_prompt(spec.prompt) if spec.prompt else None
            model = self._open(spec.model, spec.field)
            built: Counselor = _llm().build_model_counselor(
                spec.protocol, model, language, spec.name, prompt
            )
            return built
        if spec.protocol in PROTOCOLS and not spec.prompt:
            return build_counselor(spec.protocol, language)
        raise InputError(
            f"{spec.name} has no scripted voice",
            where=self._place("counselors"),
            todo=f"name a model: {spec.name}@MODEL",
        )

    def _read_prompt(self, name: str) -> str:
        prompts = self._config.prompts
        if name not in prompts:
            raise InputError(
                f"there is no prompt named {shorten(name)}",
                where=self._place("counselors"),
                todo=suggest(name, prompts) or 'add it to the table [prompts]: NAME = "FILE"',
            )
        text = read_text(Path(prompts[name])).strip()
        if not text:
            raise InputError("the prompt is empty", where=prompts[name])
        self._digests[f":{name}"] = _digest(text)
        return text

    def _open(self, spec: str, field: str) -> Model:
        """Return the model of this spec; `field` is where the configuration names it."""
        if spec not in self._models:
            self._models[spec] = self._connect(spec, field)
        return self._models[spec]

    def _connect(self, spec: str, field: str) -> Model:
        llm = _llm()
        model: Model
        if spec.startswith(LOCAL):
            path = Path(spec.removeprefix(LOCAL))
            self._digests[spec] = fingerprint(path)
            model = llm.LedgerModel(self._load(path, 0.0), spec)
            return model
        endpoint = self._find_endpoint(spec, field)
        self._digests[spec] = _digest_endpoint(endpoint)
        if endpoint.provider == "local":
            inner = self._load(Path(endpoint.model), endpoint.temperature or 0.0)
        else:
            self._check_price(spec, endpoint)
            inner = llm.Caller(endpoint, stock=endpoint.stock)
        inner = llm.ResampledModel(inner, endpoint.draw) if endpoint.draw else inner
        model = llm.LedgerModel(inner, spec, endpoint)
        return model

    def _load(self, path: Path, temperature: float) -> Model:
        """Return a checkpoint of this process; all who speak by it at one temperature share it."""
        from agents.models.local import LocalModel

        if (path, temperature) not in self._loaded:
            self._loaded[path, temperature] = LocalModel(path, temperature=temperature)
        return self._loaded[path, temperature]

    def _find_endpoint(self, spec: str, field: str) -> Endpoint:
        try:
            found: Endpoint = _llm().find_endpoint(spec, self._config.models)
        except InputError as error:
            raise InputError(error.what, where=self._place(field), todo=error.todo) from None
        return found

    def _check_price(self, spec: str, endpoint: Endpoint) -> None:
        if self._config.max_cost is not None and endpoint.cost(0, 0, 0) is None:
            raise InputError(
                f"a bound on cost, but no price for {spec}",
                where=self._place("max_cost"),
                todo="set price_prompt and price_completion in [models], or bound the tokens",
            )


def _llm() -> ModuleType:
    from sim.playing import model_voices

    return model_voices


def _name_around(roles: Roles) -> dict[str, str | None]:
    """Return what `[roles]` names for everybody beside the counselor; the judges are numbered."""
    told: dict[str, str | None] = roles.model_dump(exclude={"counselor", "judges"})
    return told | {f"judges.{n}": spec for n, spec in enumerate(roles.judges or (None,))}


def _parts(name: str) -> dict[str, str]:
    """Return the model and the prompt that a counselor's full spec names."""
    front, _, model = name.partition("@")
    return {"counselor": model, "prompt": f":{front.partition(':')[2]}"}


def fingerprint(checkpoint: Path) -> str:
    """Return 16 hex digits over a checkpoint: names, sizes, and both ends of every file.

    Training moves every weight, so that the ends tell; a checkpoint may have many gigabytes.
    """
    whole = hashlib.sha256()
    for file in sorted(path for path in checkpoint.glob("*") if path.is_file()):
        size = file.stat().st_size
        whole.update(f"{file.name}:{size}".encode())
        with file.open("rb") as content:
            whole.update(content.read(_END))
            content.seek(max(0, size - _END))
            whole.update(content.read(_END))
    return whole.hexdigest()[:16]


def _digest_endpoint(endpoint: Endpoint) -> str:
    """Return a digest of what shapes an endpoint's words."""
    shaping = endpoint.model_dump_json(include=SHAPING)
    drawn = f"draw {endpoint.draw}" if endpoint.draw else ""
    local = fingerprint(Path(endpoint.model)) if endpoint.provider == "local" else ""
    return _digest(f"{shaping}{drawn}{local}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
