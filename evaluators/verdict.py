"""What a judge says of an episode: item ratings with evidence, what is missing, and why.

A rating that could not be made is `None` with a reason; it never counts as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True)
class Evidence:
    """A quote from the transcript (`turn` is the 0-based index) that a rating rests on."""

    turn: int
    quote: str


@dataclass(frozen=True)
class ItemRating:
    """One item. `score` is within the scale's range, or `None` when missing (`note` says why)."""

    item: str
    score: float | None
    evidence: tuple[Evidence, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """One judge's ratings of one episode on one scale."""

    judge: str
    scale: str
    ratings: tuple[ItemRating, ...]

    @property
    def mean(self) -> float | None:
        """Return the mean over the rated items, `None` if none was rated."""
        scores = [rating.score for rating in self.ratings if rating.score is not None]
        return fmean(scores) if scores else None

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the items without a score."""
        return tuple(rating.item for rating in self.ratings if rating.score is None)


@dataclass(frozen=True)
class PanasReading:
    """PANAS at one moment through one pair of eyes: 20 item scores of 1 to 5, `None` = missing.

    `reader` is `self` (in character, from the mind), `observer` (from the transcript) or `mind`.
    Items stand in the order of the instrument (Watson, Clark & Tellegen 1988).
    """

    reader: str
    scores: tuple[int | None, ...]
