"""A scale as data: its items with their words in English and Chinese, its range and its source.

Scales stand in `scales/*.toml`; a user's own is a TOML file of the same form, given by its path. Of
kind `rating` an item has points; of kind `flow` it is a yes/no question that leads to the next one
(`evaluators/flow.py`); of kind `affect` it is a word of PANAS, read by `evaluators/panas.py`.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from evaluators.verdict import Kind, Severity
from personas.errors import InputError, shorten, suggest
from personas.files import read_toml
from personas.schema import Language

_FOLDER = Path(__file__).parent / "scales"
END = "end"
MOST_POINTS = 21
ItemCount = Literal[6, 11]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, Field(min_length=1)]


def _read_points(table: object) -> object:
    """Turn the keys of a TOML table, always text, into the whole numbers they stand for."""
    if not isinstance(table, dict):
        return table
    numeric = all(re.fullmatch(r"-?\d+", str(key)) for key in table)
    return {int(key): text for key, text in table.items()} if numeric else table


Points = Annotated[dict[int, Text], BeforeValidator(_read_points)]
Labels = Annotated[dict[int, tuple[Text, Text]], BeforeValidator(_read_points)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Data):
    """One item: a `question`, `anchors` that say what points mean (often the even ones), or both.

    `part` groups items (`general` and `cbt` in CTRS). In a flow `yes` and `no` name the next
    question or `end`; the answer `breach` (if any) is a fault of that `severity`.
    """

    id: Name
    name: Text
    name_zh: str = ""
    part: str = ""
    question: str = ""
    question_zh: str = ""
    anchors: Points = {}
    anchors_zh: Points = {}
    yes: str = ""
    no: str = ""
    breach: Literal["", "yes", "no"] = ""
    severity: Severity = ""

    def name_in(self, language: Language) -> str:
        """Return the item's name in a language."""
        return self.name_zh if language == "zh" else self.name

    def question_in(self, language: Language) -> str:
        """Return what is asked, in a language; empty where the anchors say it all."""
        return self.question_zh if language == "zh" else self.question

    def anchors_in(self, language: Language) -> Mapping[int, str]:
        """Return what the described points mean, in a language."""
        return self.anchors_zh if language == "zh" else self.anchors


class Scale(_Data):
    """An instrument. `labels` names the points of its answer scale as (English, Chinese).

    `about` says what is rated, `guide` how, for a model that judges. A session with fewer than
    `fewest` counselor messages (after the client's first words) cannot be rated. `forms` names
    subsets of items; a scale loaded by the name of a form has that as its `id`, and `base` is the
    name of its file.
    """

    id: str
    base: str
    kind: Kind = "rating"
    name: Text
    name_zh: str = ""
    source: Text
    minimum: Annotated[int, Field(strict=True)] = 0
    maximum: Annotated[int, Field(strict=True)] = 1
    fewest: Annotated[int, Field(strict=True, ge=0)] = 1
    about: str = ""
    about_zh: str = ""
    guide: str = ""
    guide_zh: str = ""
    labels: Labels = {}
    forms: dict[Name, tuple[str, ...]] = {}
    items: Annotated[tuple[Item, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        for problem in (_find_double(self), *_CHECKS[self.kind](self), *_check_forms(self)):
            if problem:
                raise ValueError(problem)
        return self

    @cached_property
    def digest(self) -> str:
        """Return 16 hex digits over all that the scale says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def name_in(self, language: Language) -> str:
        """Return the scale's name in a language."""
        return self.name_zh if language == "zh" else self.name

    def speaks(self, language: Language) -> bool:
        """Tell whether the scale has its words in a language."""
        return all(item.name_in(language) for item in self.items) and bool(self.name_in(language))

    def find(self, item_id: str) -> Item:
        """Return an item by its id."""
        return next(item for item in self.items if item.id == item_id)

    def narrow(self, form: str) -> Scale:
        """Return the scale with the items of one of its forms, in the scale's order."""
        chosen = tuple(item for item in self.items if item.id in self.forms[form])
        return self.model_copy(update={"id": form, "items": chosen, "forms": {}})


def load_scale(name: str) -> Scale:
    """Return a scale by its name, the name of a form of it (`ctrs6`), or the path of a TOML file.

    Raises InputError for a name that is unknown, and with file and field for a file that is no scale.
    """
    if name.endswith(".toml"):
        return read_scale(Path(name))
    scales = _load_all()
    if name not in scales:
        known = ", ".join(sorted(scales))
        todo = suggest(name, scales) or f"use one of: {known}"
        raise InputError(
            f"there is no scale {shorten(name)}", todo=f"{todo}, or give a TOML file by its path"
        )
    return scales[name]


def read_scale(path: Path) -> Scale:
    """Return the scale in a TOML file; its id is the file's name without the ending."""
    table = {"id": path.stem, "base": path.stem, **read_toml(path)}
    if not re.fullmatch(r"[a-z][a-z0-9_]*", path.stem):
        todo = "name it in small letters, digits and underscores, such as warmth.toml"
        raise InputError("the file's name is the scale's id", where=str(path), todo=todo)
    if path.stem in _load_all() and path.parent.resolve() != _FOLDER.resolve():
        raise InputError(
            f"there is a scale {path.stem} already", where=str(path), todo="rename the file"
        )
    try:
        return Scale.model_validate(table)
    except ValidationError as error:
        raise _explain(error, table, path) from None


@cache
def _load_all() -> dict[str, Scale]:
    """Return the scales of the project by name, and their forms."""
    scales: dict[str, Scale] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        scale = Scale.model_validate({"id": path.stem, "base": path.stem, **table})
        scales[path.stem] = scale
        scales |= {form: scale.narrow(form) for form in scale.forms}
    return scales


def ctrs_items(count: ItemCount) -> tuple[Item, ...]:
    """Return the six CTRS items of Cactus' short form, or all eleven, in the scale's order."""
    return load_scale(f"ctrs{count}").items


def _find_double(scale: Scale) -> str:
    ids = [item.id for item in scale.items]
    doubled = sorted({name for name in ids if ids.count(name) > 1})
    return f"items: the id {doubled[0]!r} stands twice" if doubled else ""


def _check_rating(scale: Scale) -> list[str]:
    low, high = scale.minimum, scale.maximum
    if not low < high < low + MOST_POINTS:
        return [f"maximum: must be above minimum, by less than {MOST_POINTS}"]
    problems = [_check_points("labels", scale.labels, low, high)]
    for number, item in enumerate(scale.items):
        if not item.anchors and not item.question:
            problems.append(f"items.{number}: give anchors, a question, or both")
        if item.yes or item.no or item.breach or item.severity:
            problems.append(f'items.{number}: yes, no, breach and severity need kind = "flow"')
        for field in ("anchors", "anchors_zh"):
            problems.append(_check_points(f"items.{number}.{field}", vars(item)[field], low, high))
    return problems


def _check_points(field: str, points: Mapping[int, Any], low: int, high: int) -> str:
    outside = [point for point in points if not low <= point <= high]
    return f"{field}: {outside[0]} is outside of {low} to {high}" if outside else ""


def _check_flow(scale: Scale) -> list[str]:
    """A flow only leads forward, so that it ends."""
    problems = [] if (scale.minimum, scale.maximum) == (0, 1) else ["minimum: a flow has no points"]
    ids = [item.id for item in scale.items]
    for number, item in enumerate(scale.items):
        later = {*ids[number + 1 :], END}
        if not item.question:
            problems.append(f"items.{number}.question: a flow asks questions")
        problems += [
            f"items.{number}.{answer}: {target!r} is no later question and not {END!r}"
            for answer, target in (("yes", item.yes), ("no", item.no))
            if target not in later
        ]
        if bool(item.breach) != bool(item.severity):
            problems.append(f"items.{number}: breach and severity go together")
    return problems


def _check_forms(scale: Scale) -> list[str]:
    ids = {item.id for item in scale.items}
    if scale.forms and scale.kind == "flow":
        return ["forms: a flow is asked as a whole"]
    return [
        f"forms.{form}: there is no item {name!r}"
        for form, names in scale.forms.items()
        for name in names
        if name not in ids
    ]


_CHECKS: dict[str, Callable[[Scale], list[str]]] = {
    "rating": _check_rating,
    "flow": _check_flow,
    "affect": lambda _: [],
}


def _explain(error: ValidationError, table: Mapping[str, object], path: Path) -> InputError:
    """Say what is wrong with a user's file, and in which field (items by their id)."""
    first = error.errors(include_url=False)[0]
    what, place = first["msg"], [str(part) for part in first["loc"]]
    if first["type"] == "value_error":  # of our own checks: the field stands before the colon
        field, _, what = what.removeprefix("Value error, ").partition(": ")
        place = field.split(".")
    if first["type"] == "extra_forbidden":
        known = Item.model_fields if "items" in place[:-1] else Scale.model_fields
        what = (
            f"unknown key {place[-1]!r}; {suggest(place[-1], known) or 'docs/judging.md has all'}"
        )
    where = f"{path}, field {'.'.join(_name_items(place, table))}"
    return InputError(
        what[:1].lower() + what[1:], where=where, todo="docs/judging.md has an example"
    )


def _name_items(place: list[str], table: Mapping[str, object]) -> list[str]:
    """Name an item by its id rather than its number, where it has one."""
    rows = table.get("items")
    if len(place) < 2 or place[0] != "items" or not isinstance(rows, list):
        return place
    row = rows[int(place[1])]
    known = isinstance(row, dict) and isinstance(row.get("id"), str)
    return [f"items[{row['id']}]" if known else f"items[{int(place[1]) + 1}]", *place[2:]]
