"""What several raters said of the same episodes, item by item; a rating that is not there is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]
"""Episodes × raters; NaN is a missing rating."""

FORM = "mean of the items"


@dataclass(frozen=True)
class Rating:
    """One rater's score of one item of one episode; `None` is missing."""

    episode: str
    rater: str
    item: str
    score: float | None


@dataclass
class RatingTable:
    """The ratings of some raters on the items of one scale. A later rating replaces an earlier one."""

    raters: Sequence[str]
    items: Sequence[str]
    scores: dict[str, dict[tuple[str, str], float | None]] = field(default_factory=dict)

    def add(self, ratings: Iterable[Rating]) -> None:
        """Take in ratings; those of other raters or items are left out."""
        for rating in ratings:
            if rating.rater in self.raters and rating.item in self.items:
                key = rating.rater, rating.item
                self.scores.setdefault(rating.episode, {})[key] = rating.score

    def narrow(self, raters: Sequence[str]) -> RatingTable:
        """Return the same ratings with fewer raters."""
        return RatingTable(raters, self.items, self.scores)

    def matrix(self, item: str) -> Matrix:
        """Return episodes × raters for an item, or for `FORM`: the mean over a rater's items.

        A form with a missing item has no mean: means over different items cannot be compared.
        """
        rows = [self.scores[episode] for episode in sorted(self.scores)]
        table = [[self._score(row, rater, item) for rater in self.raters] for row in rows]
        matrix: Matrix = np.array(table, dtype=float).reshape(len(rows), len(self.raters))
        return matrix

    def count_missing(self) -> Counter[str]:
        """Return how many ratings of each rater are missing in the episodes that it has rated."""
        missing: Counter[str] = Counter()
        for row in self.scores.values():
            for rater in self.raters:
                held = [row.get((rater, item)) for item in self.items]
                if any(score is not None for score in held):
                    missing[rater] += held.count(None)
        return missing

    def _score(
        self, row: dict[tuple[str, str], float | None], rater: str, item: str
    ) -> float | None:
        if item != FORM:
            return row.get((rater, item))
        held = [score for i in self.items if (score := row.get((rater, i))) is not None]
        return sum(held) / len(held) if held and len(held) == len(self.items) else None
