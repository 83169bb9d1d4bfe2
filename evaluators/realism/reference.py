"""What is known of people, and the range we accept for a simulated client, measure by measure.

The human figures are second-hand (facts.md, section 7). The accepted ranges are this project's
targets around them; where there is no human figure a target may still stand, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Judged(StrEnum):
    """Where a figure lies."""

    OK = "ok"
    HIGH = "high"
    LOW = "low"
    NO_REFERENCE = "no reference"


@dataclass(frozen=True)
class Reference:
    """The human figure as text, and the accepted range; an open end is `None`."""

    human: str = ""
    low: float | None = None
    high: float | None = None


REFERENCES: dict[str, Reference] = {
    "words_mean": Reference("14.3", 10, 20),
    "words_median": Reference("11", 9, 16),
    "talk_share": Reference("46 %", 0.38, 0.52),
    "repeat_sessions": Reference("", 0, 0),
    "flips": Reference("", 0, 0.01),
    "motivated": Reference("48 %", 0.35, 0.60),
    "motivated_exact": Reference("48 %", 0.35, 0.60),
    "hazard_ratio": Reference("", 2, None),
    "recited": Reference("", 0, 0.05),
}


def judge(name: str, value: float | None) -> Judged:
    """Return whether a figure lies within the accepted range of a measure."""
    reference = REFERENCES.get(name)
    if reference is None or value is None:
        return Judged.NO_REFERENCE
    if reference.low is not None and value < reference.low:
        return Judged.LOW
    if reference.high is not None and value > reference.high:
        return Judged.HIGH
    return Judged.OK
