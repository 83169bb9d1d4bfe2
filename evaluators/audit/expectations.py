"""The table of what a judge owes to each change of a session."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evaluators.audit.check import MEAN

_TABLE = Path(__file__).parent / "expectations.toml"
_ALL = "*"


@dataclass(frozen=True)
class Wanted:
    """The items that must fall, must hold and must not rise; `*` is every item."""

    falls: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    not_up: tuple[str, ...] = ()

    def expand(self, names: tuple[str, ...], items: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names that stand for rated items, `*` taken apart; `mean` is always rated."""
        spread = (item for name in names for item in (items if name == _ALL else (name,)))
        return tuple(dict.fromkeys(item for item in spread if item in items or item == MEAN))


@dataclass(frozen=True)
class Expectation:
    """What a judge owes to one change; `tells` what a failure of each kind of wish means.

    `least` and `margin` are points of the scale.
    """

    change: str
    says: str
    tells: Mapping[str, str]
    required: Wanted
    wished: Wanted
    least: float
    margin: float


@cache
def load_expectations() -> tuple[Expectation, ...]:
    """Return the expectations in the order of the table, one per change."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple(
        Expectation(
            change=change,
            says=row["says"],
            tells=row["tells"],
            required=_read_wanted(row["required"]),
            wished=_read_wanted(row["wished"]),
            least=row["least"],
            margin=row["margin"],
        )
        for change, row in table.items()
    )


def _read_wanted(row: dict[str, list[str]]) -> Wanted:
    return Wanted(**{kind: tuple(items) for kind, items in row.items()})
