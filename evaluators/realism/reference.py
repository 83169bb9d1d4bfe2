"""What is known of people, and the range we accept for a simulated client, measure by measure.

The human figures are second-hand (facts.md, section 7). The accepted ranges are this project's
targets around them; where there is no human figure a target may still stand, and is called so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Judged(StrEnum):
    """Where a figure lies: in the range around a human figure, in a range that we set, or outside.

    A guess is no better than chance, better, or so good that the client must have recited.
    """

    LIKE_HUMAN = "like human"
    MET = "target met"
    HIGH = "outside: high"
    LOW = "outside: low"
    CHANCE = "like chance"
    READABLE = "can be read"
    LEAK = "too easy: leak"
    NO_REFERENCE = "no reference"


@dataclass(frozen=True)
class Reference:
    """The human figure as text (empty: none known), and the accepted range; an open end is `None`."""

    human: str = ""
    low: float | None = None
    high: float | None = None

    def judge(self, value: float | None) -> Judged:
        """Return where a figure lies."""
        if value is None or self.low is self.high is None:
            return Judged.NO_REFERENCE
        if self.low is not None and value < self.low:
            return Judged.LOW
        if self.high is not None and value > self.high:
            return Judged.HIGH
        return Judged.LIKE_HUMAN if self.human else Judged.MET


NONE = Reference()
REFERENCES: dict[str, Reference] = {
    "words_mean": Reference("14.3", 10, 20),
    "words_median": Reference("11", 9, 16),
    "talk_share": Reference("46 %", 0.38, 0.52),
    "repeat_sessions": Reference(low=0, high=0),
    "flips": Reference(low=0, high=0.01),
    "motivated": Reference("48 %", 0.35, 0.60),
    "motivated_exact": Reference("48 %", 0.35, 0.60),
    "hazard_ratio": Reference(low=2),
    "form_recited": Reference(low=0, high=0.05),
    "secrets_at_once": Reference(low=0, high=0.05),
    "jargon": Reference(low=0, high=0.01),
}


def reference_for(name: str) -> Reference:
    """Return what a figure of this name is held against, by default nothing."""
    return REFERENCES.get(name, NONE)
