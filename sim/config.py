"""The configuration of a run: defaults, then a TOML file, then the flags of the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from agents.models.endpoint import Endpoint
from personas.errors import InputError, shorten, suggest
from personas.files import read_toml
from personas.schema import Language
from runs.key import Shape

Count = Annotated[int, Field(ge=1, strict=True)]
Place = Callable[[str], str]
"""From a field, such as `roles.client`, to the words that say where it was set."""


def join_names(table: object) -> object:
    """Return nested tables as one with dotted names, as TOML nests `shift.trust = 52`."""
    if not isinstance(table, Mapping):
        return table
    joined: dict[str, object] = {}
    for name, value in table.items():
        inner = join_names(value)
        parts = inner if isinstance(inner, dict) else {"": value}
        joined.update({f"{name}.{part}".rstrip("."): last for part, last in parts.items()})
    return joined


class Roles(BaseModel):
    """Who speaks and judges in which role: a model's spec each; the run's `model` where unset."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    client: str | None = None
    """Finds the client's words."""
    appraisal: str | None = None
    """Hears what a counselor's message does."""
    counselor: str | None = None
    """Speaks for the counselors whose spec names no model."""
    supervisor: str | None = None
    """Watches a crdial session and routes it."""
    judges: tuple[str, ...] = ()
    """Rate the session, one verdict per scale each."""
    panas: str | None = None
    """Answers the PANAS as the client and reads it as an observer."""
    safety: str | None = None
    """Screens the client's messages for danger, beside the cue words."""


class RunConfig(BaseModel):
    """Everything that decides a run. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")] = "run"
    """Name of the run; the default folder is out/TIME-NAME."""

    clients: Annotated[str, Field(min_length=1)] = "builtin"
    """Who the clients are: `builtin`, or a file or folder of intake forms or personas."""

    counselors: Annotated[tuple[str, ...], Field(min_length=1)] = ("crdial", "cactus", "eliza")
    """Counselors that meet every client."""

    seeds: Count = 1
    """How many seeds every pair plays."""

    seed_base: Annotated[int, Field(ge=0, strict=True)] = 0
    """The first seed; the others follow it."""

    limit: Count | None = None
    """Play only the first so many clients; all of them without it."""

    concurrency: Count = 64
    """Episodes in flight at the same time."""

    language: Language = "en"
    """Language of the session."""

    scales: Annotated[tuple[str, ...], Field(min_length=1)] = ("ctrs6", "safety")
    """Scales that every judge rates: ctrs6, ctrs11, safety, wai12, crisp, cbt_qa, or a TOML file."""

    samples: Annotated[int, Field(ge=1, le=50, strict=True)] = 1
    """How often a model is asked about each item."""

    max_exchanges: Annotated[int, Field(ge=1, le=200, strict=True)] = 30
    """Cap on counselor turns in an episode."""

    model: Annotated[str, Field(min_length=1)] = "scripted"
    """Model of the roles that `[roles]` does not name: scripted, one of [models], openai:NAME, local:PATH."""

    models: dict[str, Endpoint] = {}
    """Endpoints by name."""

    roles: Roles = Roles()
    """Models by role."""

    mind: Annotated[dict[str, float], BeforeValidator(join_names)] = {}
    """Parameters of the client's mind set anew, such as shift.trust = 52; docs/mind.md lists them."""

    prompts: dict[str, str] = {}
    """System prompt files by name, for counselors such as plain:NAME@MODEL."""

    max_cost: Annotated[float, Field(gt=0)] | None = None
    """Stop when the calls of this process have cost so much; needs prices in [models]."""

    max_tokens: Count | None = None
    """Stop when the calls of this process have taken so many tokens."""

    @field_validator("counselors", "scales")
    @classmethod
    def refuse_doubles(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse an empty or a repeated name: counts would no longer add up."""
        if not all(names):
            raise ValueError("a name is empty")
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"named twice: {', '.join(doubled)}")
        return names

    @property
    def shape(self) -> Shape:
        """Return the settings that shape every episode."""
        return Shape(self.language, self.scales, self.samples, self.max_exchanges)

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """Return the seeds every pair plays."""
        return tuple(range(self.seed_base, self.seed_base + self.seeds))

    def to_toml(self) -> dict[str, object]:
        """Return the resolved configuration without what is unset (TOML has no null)."""
        budget = {"max_cost", "max_tokens"}  # of one process, not of the run
        return self.model_dump(mode="json", exclude_none=True, exclude=budget)


def load_config(path: Path | None, flags: Mapping[str, object]) -> RunConfig:
    """Return defaults, overlaid by the file, overlaid by the flags that are not None."""
    stored = read_toml(path) if path else {}
    given = {name: value for name, value in flags.items() if value is not None}
    if "judges" in given:
        roles = stored.get("roles")
        given["roles"] = {
            **(roles if isinstance(roles, dict) else {}),
            "judges": given.pop("judges"),
        }
    try:
        return RunConfig.model_validate({**stored, **given})
    except ValidationError as error:
        raise _explain(error, path, given) from None


def name_place(path: Path | None, flags: Mapping[str, object], field: str) -> str:
    """Return the words for where a field was, or can be, set: a flag, or file and field."""
    by_flag = path is None or flags.get(_top(field)) is not None
    return name_flag(field) if by_flag else f"{path}, field {field}"


def name_flag(field: str) -> str:
    """Return the flag of the command line that sets a field."""
    return "--" + _top(field).replace("_", "-")


def _top(field: str) -> str:
    """Return the name under which the command line knows a field."""
    return "judges" if field.startswith("roles.judges") else field.partition(".")[0]


def _explain(error: ValidationError, path: Path | None, flags: Mapping[str, object]) -> InputError:
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    where = name_place(path, flags, ".".join(str(part) for part in first["loc"]))
    if first["type"] == "extra_forbidden":
        return InputError("unknown key", where=where, todo=_name_nearest(first["loc"]))
    what = _uncapitalize(first["msg"])
    if field != "models":  # a key pasted into the wrong field must not come back in an error
        what += f", got {shorten(first['input'])}"
    return InputError(what, where=where, todo=RunConfig.model_fields[field].description)


def _name_nearest(place: tuple[int | str, ...]) -> str:
    tables: dict[str, type[BaseModel]] = {"models": Endpoint, "roles": Roles}
    table = tables.get(str(place[0]), RunConfig) if len(place) > 1 else RunConfig
    names = list(table.model_fields)
    return suggest(str(place[-1]), names) or f"the keys are {', '.join(names)}"


def _uncapitalize(text: str) -> str:
    text = text.removeprefix("Value error, ").replace("valid tuple", "list")
    return text[:1].lower() + text[1:]
