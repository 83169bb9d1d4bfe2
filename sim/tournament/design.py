"""Which sessions can be compared with which: pairs of counselors that met the same client and seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from zlib import crc32

import numpy as np

from evaluators.ranking.scores import Array
from sim.playing.plan import Plan


@dataclass(frozen=True)
class Cell:
    """One client and seed, and the key of each counselor's episode with them."""

    client: str
    form: str
    seed: int
    keys: dict[str, str]


@dataclass(frozen=True)
class Pair:
    """Two episodes of one cell; the counselors stand in the order of their names."""

    cell: Cell
    counselors: tuple[str, str]

    @property
    def episodes(self) -> tuple[str, str]:
        """Return the keys of the two episodes."""
        first, second = self.counselors
        return self.cell.keys[first], self.cell.keys[second]


def find_cells(plan: Plan, there: Container[str]) -> list[Cell]:
    """Return the cells of a plan, in its order, with the episodes that are there."""
    cells: dict[tuple[str, int], Cell] = {}
    for ticket in plan:
        persona = ticket.persona
        empty = Cell(persona.id, persona.form, ticket.seed, {})
        cell = cells.setdefault((persona.id, ticket.seed), empty)
        if ticket.key in there:
            cell.keys[ticket.spec] = ticket.key
    return list(cells.values())


def iter_pairs(cells: list[Cell]) -> Iterator[Pair]:
    """Yield all pairs, cell by cell, so that the episodes of a cell are read once."""
    for cell in cells:
        for pair in combinations(sorted(cell.keys), 2):
            yield Pair(cell, pair)


@dataclass
class Deck:
    """The pairs that adaptive sampling has not drawn yet.

    Of a pair of counselors those come first whose client they met least, then whose client anybody met
    least; else an order that does not hang on the plan's, and stays when clients are added.
    """

    cells: list[Cell]
    counselors: tuple[str, ...]
    _left: dict[tuple[str, str], list[Cell]] = field(default_factory=dict)
    _met: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        shuffled = sorted(
            self.cells, key=lambda c: (crc32(f"{c.client}/{c.seed}".encode()), c.seed)
        )
        for pair in iter_pairs(shuffled):
            self._left.setdefault(pair.counselors, []).append(pair.cell)

    @property
    def room(self) -> Array:
        """Return how often each pair of counselors can still be drawn, symmetric."""
        place = {name: n for n, name in enumerate(self.counselors)}
        room = np.zeros((len(place), len(place)))
        for (first, second), cells in self._left.items():
            room[place[first], place[second]] = room[place[second], place[first]] = len(cells)
        return room

    def draw(self, one: str, other: str) -> Pair:
        """Take a pair of these counselors. Raises ValueError if none is left."""
        names = min(one, other), max(one, other)
        cells = self._left.get(names, [])
        cell = min(cells, key=lambda c: (self._met[c.form, *names], self._met[c.form,]))
        cells.remove(cell)
        self._met.update([(cell.form, *names), (cell.form,)])
        return Pair(cell, names)
