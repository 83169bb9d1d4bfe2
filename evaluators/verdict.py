"""What a judge says of an episode: item ratings with evidence, what is missing, and why.

A rating that could not be made is `None` with a reason; it never counts as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import Literal

Severity = Literal["", "concern", "veto"]
Kind = Literal["rating", "flow", "affect"]


@dataclass(frozen=True)
class Evidence:
    """A quote from the transcript (`turn` is the 0-based index) that a rating rests on."""

    turn: int
    quote: str


@dataclass(frozen=True)
class ItemRating:
    """One item. `score` is within the scale's range, or `None` when missing (`note` says why).

    In a flow 1 is yes and 0 is no; between them lies the share or likelihood of yes. `samples` are
    the ratings it was made of, where there were several. `distribution` is the likelihood of each
    point, where the endpoint told it; then `score` is the expectation. `invented` counts quotes that
    were never said; they cost `weight` (0 to 1), by which the rating counts beside those of other
    judges. `severity` is `veto` or `concern` where an answer in a flow is a fault.
    """

    item: str
    score: float | None
    evidence: tuple[Evidence, ...] = ()
    note: str = ""
    samples: tuple[float | None, ...] = ()
    distribution: tuple[tuple[float, float], ...] = ()
    weight: float = 1.0
    invented: int = 0
    severity: Severity = ""

    @property
    def spread(self) -> float | None:
        """Return the standard deviation of the samples, or of the distribution; `None` for neither."""
        if self.distribution:
            mean = sum(point * share for point, share in self.distribution)
            return sqrt(sum(share * (point - mean) ** 2 for point, share in self.distribution))
        rated = [score for score in self.samples if score is not None]
        return stdev(rated) if len(rated) > 1 else None


@dataclass(frozen=True)
class Verdict:
    """One judge's ratings of one episode on one scale; `kind` is the scale's.

    Of a flow only the questions on the path that was taken have ratings.
    """

    judge: str
    scale: str
    ratings: tuple[ItemRating, ...]
    kind: Kind = "rating"

    @property
    def mean(self) -> float | None:
        """Return the mean over the rated items, `None` if none was rated, or for a flow."""
        scores = [rating.score for rating in self.ratings if rating.score is not None]
        return fmean(scores) if scores and self.kind == "rating" else None

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the items without a score."""
        return tuple(rating.item for rating in self.ratings if rating.score is None)

    @property
    def faults(self) -> tuple[str, ...]:
        """Return the items of a flow that were answered with a fault, concerns included."""
        return tuple(rating.item for rating in self.ratings if rating.severity)

    @property
    def vetoed(self) -> bool | None:
        """Tell whether a flow condemns the session; `None` where it does not say (see `missing`)."""
        if self.kind != "flow":
            return None
        if any(rating.severity == "veto" for rating in self.ratings):
            return True
        return None if self.missing or not self.ratings else False


@dataclass(frozen=True)
class PanasReading:
    """PANAS at one moment through one pair of eyes: 20 item scores of 1 to 5, `None` = missing.

    `reader` is `self` (in character, from the mind), `observer` (from the transcript) or `mind`.
    Items stand in the order of the instrument (Watson, Clark & Tellegen 1988).
    """

    reader: str
    scores: tuple[int | None, ...]
