"""What the generator writes with: situations, distortions, people and forms, as TOML by language.

A block of lines is one line of speech each; `|` separates alternatives; a line may begin with a
guard (`@work,30+ …`) and is then only said by people it is true of. `{slots}` are filled per person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from personas.errors import InputError
from personas.files import read_toml
from personas.schema import Distortion, Domain, Language

FOLDER = Path(__file__).with_name("words")
SINGLE = (
    "note", "trig", "slip", "fail", "ought", "bad", "dread", "ruin", "thinks", "better", "had",
    "hurt", "slack", "plus", "speck", "nod", "sign", "gist", "yet",
)  # fmt: skip
BLOCKS = (
    "reason", "event", "auto", "rule", "open", "for_me", "for_o", "against_me", "against_o",
    "story", "coping", "people", "past", "hope", "secret",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line with the conditions under which it may be said (tags and ages, see `Person.fits`)."""

    text: str
    guard: tuple[str, ...] = ()


Lines = tuple[Line, ...]


@dataclass(frozen=True)
class Situation:
    """One of the sub-categories: whom it befalls, who else is in it, and everything said of it.

    `far`: the other one is out of reach (gone, a stranger), so lines guarded `@near` are not said.
    """

    id: str
    domain: Domain
    ages: tuple[int, int]
    need: tuple[str, ...]
    theme: str
    who: tuple[str, ...]
    far: bool
    things: tuple[str, ...]
    lines: Mapping[str, Lines]


@dataclass(frozen=True)
class DistortionLines:
    """How one distortion is thought, shown, doubted and answered; `side` is `me` or `o`."""

    side: str
    lines: Mapping[str, Lines]


@dataclass(frozen=True)
class Material:
    """All the material of one language."""

    language: Language
    situations: tuple[Situation, ...]
    distortions: Mapping[Distortion, DistortionLines]
    people: Mapping[str, Mapping[str, object]]
    common: Mapping[str, object]

    def text(self, path: str) -> str:
        """Return a text of the common part, by dotted path."""
        value: object = self.common
        for step in path.split("."):
            value = value[step] if isinstance(value, Mapping) else None
        if not isinstance(value, str):
            raise KeyError(path)
        return value

    @cache  # noqa: B019 (one Material per language lives as long as the process)
    def choices(self, path: str) -> tuple[str, ...]:
        """Return the alternatives (`a|b`) or the lines of a text of the common part."""
        text = self.text(path)
        parts = text.strip().split("\n") if "\n" in text else text.split("|")
        return tuple(part for part in parts if part)

    def __hash__(self) -> int:
        return hash(self.language)


@cache
def load_generated(language: Language) -> Material:
    """Load the material of a language; an InputError says which part is not written."""
    folder = FOLDER / language
    missing = [name for name in _names() if not (folder / f"{name}.toml").exists()]
    if missing:
        raise InputError(
            f"there is no material to generate personas in {language!r} "
            f"(missing: {', '.join(missing[:3])}{' …' if len(missing) > 3 else ''})",
            todo="use --language en",
        )
    tables = {name: read_toml(folder / f"{name}.toml") for name in _names()}
    return Material(
        language,
        tuple(s for domain in Domain for s in _read_domain(domain, tables[domain.value])),
        {d: _read_distortion(_table(tables["distortions"], d.value)) for d in Distortion},
        {name: _table(tables["people"], name) for name in tables["people"]},
        tables["common"],
    )


def _names() -> list[str]:
    return ["people", "common", "distortions", *(domain.value for domain in Domain)]


def _table(tables: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = tables[name]
    if not isinstance(table, Mapping):
        raise TypeError(f"[{name}] must be a table")
    return table


def _read_domain(domain: Domain, tables: Mapping[str, object]) -> list[Situation]:
    return [_read_situation(name, domain, _table(tables, name)) for name in tables]


def _read_situation(name: str, domain: Domain, table: Mapping[str, object]) -> Situation:
    low, high = str(table["ages"]).split("-")
    lines = {key: _alternatives(table[key]) for key in SINGLE}
    lines |= {key: read_lines(table[key]) for key in BLOCKS}
    return Situation(
        id=name,
        domain=domain,
        ages=(int(low), int(high)),
        need=tuple(str(table.get("need", "")).split()),
        theme=str(table["theme"]),
        who=tuple(str(table["who"]).split("|")),
        far=bool(table.get("far", False)),
        things=tuple(str(table["x"]).split("|")),
        lines=lines,
    )


def _read_distortion(table: Mapping[str, object]) -> DistortionLines:
    keys = ("thoughts", "for", "against", "balanced")
    return DistortionLines(str(table["side"]), {key: read_lines(table[key]) for key in keys})


def read_lines(block: object) -> Lines:
    """Split a block into its lines and their guards."""
    return tuple(_read_line(line) for line in str(block).strip().split("\n"))


def _alternatives(text: object) -> Lines:
    return tuple(_read_line(part) for part in str(text).split("|"))


def _read_line(line: str) -> Line:
    if not line.startswith("@"):
        return Line(line.strip())
    guard, _, text = line[1:].partition(" ")
    return Line(text.strip(), tuple(guard.split(",")))
