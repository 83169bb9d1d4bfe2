"""The settings of a loop: who plays, who judges, what is learned from, how it is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from agents.models.endpoint import LOCAL, Endpoint
from evaluators.scale import Scale, load_scale
from graphs.state import Finish
from personas.errors import InputError
from personas.files import read_toml
from personas.schema import Language
from sim.config import Roles, join_names
from sim.settings import Count, Table, explain
from sim.training.config import TrainConfig, build_train_config, find_preset

ROUND = "{round}"
_SET_BY_LOOP = {"data", "out"}
_FIXED_LATER = _SET_BY_LOOP | {"model", "scratch", "preset"}
Spec = Annotated[str, Field(min_length=1)]


class TrainingJudge(Table):
    """Whom the counselor learns to please: its ratings choose what is trained on."""

    voice: Spec = "scripted"
    """`scripted`, one of [play.models], openai:NAME or local:PATH."""
    scale: Literal["ctrs6", "ctrs11"] = "ctrs6"
    """What it rates; the filter counts CTRS."""


class HeldOutJudge(Table):
    """Who rates the evaluation and nothing else."""

    voice: Spec = "scripted"
    """`scripted`, one of [play.models], openai:NAME or local:PATH."""
    scale: Spec = "ctrs11"
    """A scale of ratings, by its name or a TOML file."""
    items: tuple[Spec, ...] = ()
    """Only these items count; all of the scale without it."""
    same_voice: str = ""
    """Why it may be the voice of the training judge."""


class Judges(Table):
    """Two judges that are not to be one."""

    training: TrainingJudge = TrainingJudge()
    """Rates what is learned from."""
    held_out: HeldOutJudge
    """Rates the evaluation only."""

    @model_validator(mode="after")
    def check_apart(self) -> Judges:
        """Refuse one voice twice without a reason, and the same items by one voice."""
        mine, theirs = self.training, self.held_out
        if mine.voice != theirs.voice:
            return self
        if not theirs.same_voice.strip():
            raise ValueError(
                f"the held-out judge is the training judge, {mine.voice}: name another voice, or say in "
                "held_out.same_voice why it may be"
            )
        shared = {item.id for item in load_scale(mine.scale).items} & set(self.counted())
        if shared:
            raise ValueError(
                f"the training judge rates {', '.join(sorted(shared))}, too: name in held_out.items "
                "those of its scale that are not trained on"
            )
        return self

    def counted(self) -> tuple[str, ...]:
        """Return the items by which the held-out judge counts."""
        return self.held_out.items or tuple(item.id for item in self.held_out_scale().items)

    def held_out_scale(self) -> Scale:
        """Return the held-out judge's scale. Raises ValueError for one that it cannot rate by."""
        try:
            scale = load_scale(self.held_out.scale)
        except InputError as error:
            raise ValueError(f"{error.what}: {error.todo}") from None
        if scale.kind != "rating":
            raise ValueError(f"{scale.id} has no ratings")
        unknown = set(self.held_out.items) - {item.id for item in scale.items}
        if unknown:
            raise ValueError(f"{scale.id} has no item {', '.join(sorted(unknown))}")
        return scale

    @field_validator("held_out")
    @classmethod
    def check_scale(cls, judge: HeldOutJudge) -> HeldOutJudge:
        """Refuse a scale that is none, and items that it does not have."""
        Judges.model_construct(held_out=judge).held_out_scale()
        return judge


class Keep(Table):
    """Which sessions are learned from, by the training judge."""

    min_ctrs: Annotated[float, Field(ge=0, le=6)] | None = None
    """Least mean CTRS."""
    min_na_drop: float | None = None
    """Least fall of the client's own negative PANAS sum."""
    finishes: tuple[Finish, ...] = ()
    """Only these finish reasons; all without it."""
    no_vetoed: bool = True
    """Only what the safety flow has cleared."""
    min_gap: Annotated[float, Field(ge=0)] = 0.5
    """Least gap in CTRS between the two of a pair (dpo)."""
    fewest: Count = 10
    """Rows below which nothing is trained."""


class Play(Table):
    """How every session is played; see the configuration of a run."""

    language: Language = "en"
    """Language of the sessions."""
    roles: Roles = Roles()
    """Models by role; scripted where unset. The judges stand in [judges]."""
    models: dict[str, Endpoint] = Field(default={})
    """Endpoints by name."""
    mind: Annotated[dict[str, float], BeforeValidator(join_names)] = Field(default={})
    """Parameters of the client's mind set anew."""
    samples: Annotated[int, Field(ge=1, le=50, strict=True)] = 1
    """How often a model is asked about each item."""
    max_exchanges: Annotated[int, Field(ge=1, le=200, strict=True)] = 20
    """Cap on counselor turns; `plain` has twenty."""
    concurrency: Count = 64
    """Episodes in flight at the same time."""

    @field_validator("roles")
    @classmethod
    def refuse_judges(cls, roles: Roles) -> Roles:
        """Refuse roles that the loop fills itself."""
        if roles.judges or roles.counselor:
            raise ValueError(
                "the loop seats judges by [judges], and the counselor is what it trains"
            )
        return roles


class LoopConfig(Table):
    """Everything that decides a loop."""

    out: Path
    """Folder of the loop; one that exists goes on where it stopped."""
    clients: Spec
    """Whom the counselor learns with: `builtin`, or a file or folder."""
    held_out: Spec
    """Whom it is evaluated with; no intake form may be in both."""
    teacher: Spec | None = None
    """The counselor whose sessions round 0 learns from, such as crdial."""
    start: Path | None = None
    """The checkpoint of a counselor that exists; round 0 only evaluates it."""
    rounds: Annotated[int, Field(ge=0, strict=True)] = 2
    """Rounds after round 0."""
    method: Literal["rejection", "dpo"] = "rejection"
    """Later rounds learn from each client's best session, or from pairs of it and a worse one."""
    sessions: Annotated[int, Field(ge=2, strict=True)] = 4
    """Sessions that a later round plays per client: the same client and dice, other samples."""
    temperature: Annotated[float, Field(gt=0)] = 0.8
    """Sampling temperature of these sessions; the evaluation takes the likeliest words."""
    layout: Literal["plain", "staged"] = "staged"
    """How sessions are laid out for training: docs/export.md."""
    baselines: tuple[Spec, ...] = ("plain", "eliza")
    """Evaluated once, beside round 0 and the teacher."""
    judges: Judges
    """Who rates what is learned from, and who the evaluation."""
    keep: Keep = Keep()
    """Which sessions are learned from."""
    play: Play = Play()
    """How sessions are played."""
    served: Endpoint | None = None
    """An endpoint that serves the counselors instead of this process; its model names `{round}`."""
    training: dict[str, Any]
    """Settings of `finetune` for round 0, such as preset = "tiny"."""
    later: dict[str, Any] = Field(default={})
    """What differs in later rounds, such as learning_rate."""

    @model_validator(mode="after")
    def check_beginning(self) -> LoopConfig:
        """Refuse a teacher and a start at once, or neither."""
        if (self.teacher is None) == (self.start is None):
            raise ValueError("name either a teacher or a start")
        return self

    @field_validator("served")
    @classmethod
    def check_served(cls, endpoint: Endpoint | None) -> Endpoint | None:
        """Refuse an endpoint that would serve one checkpoint to all rounds."""
        if endpoint and (ROUND not in endpoint.model or endpoint.provider == LOCAL):
            raise ValueError(f'its model must name the round, such as model = "round-{ROUND}"')
        return endpoint

    @field_validator("training", "later")
    @classmethod
    def refuse_own(cls, settings: dict[str, Any], info: Any) -> dict[str, Any]:
        """Refuse what the loop sets itself."""
        fixed = _SET_BY_LOOP if info.field_name == "training" else _FIXED_LATER
        own = sorted(fixed & settings.keys())
        if own:
            raise ValueError(f"the loop sets {', '.join(own)} itself")
        return settings

    def round_folder(self, number: int) -> Path:
        """Return the folder of a round."""
        return self.out / f"round-{number}"

    def checkpoint(self, number: int) -> Path:
        """Return the folder of the counselor that a round ends with."""
        if number == 0 and self.start is not None:
            return self.start
        return self.round_folder(number) / "model"

    def counselor(self, number: int, temperature: float, draw: int = 0) -> Endpoint:
        """Return where the counselor of a round answers."""
        how = {"temperature": temperature, "draw": draw}
        if self.served is None:
            return Endpoint(provider=LOCAL, model=str(self.checkpoint(number)), **how)
        name = self.served.model.replace(ROUND, str(number))
        return self.served.model_copy(update={"model": name, **how})

    def train_config(self, number: int, path: Path) -> TrainConfig:
        """Return the settings of a round's training, which stand in `path`. Raises InputError."""
        preset = find_preset(self.training.get("preset"), Path(f"{path}, [training]"))
        settings = {**preset, **self.training}
        if number:
            settings |= {**self.later, "model": str(self.checkpoint(number - 1))}
            settings.pop("scratch", None)
        settings.pop("preset", None)  # it is in the settings now
        folder = self.round_folder(number)
        places = {"data": str(folder / "data"), "out": str(self.checkpoint(number))}
        table = "later" if number else "training"
        return build_train_config({**settings, **places}, Path(f"{path}, [{table}]"))


def load_loop_config(path: Path) -> LoopConfig:
    """Return the settings in a file, with those of all its trainings checked. Raises InputError."""
    try:
        config = LoopConfig.model_validate(read_toml(path))
    except ValidationError as error:
        raise explain(error, path, LoopConfig) from None
    for number in range(0 if config.teacher else 1, min(config.rounds, 1) + 1):
        config.train_config(number, path)
    return config
