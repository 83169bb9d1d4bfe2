"""How much better a client says it feels afterwards: the change of the PANAS sums, by attitude."""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluators.realism.session import Session
from evaluators.statistics import Estimate, cluster_mean
from personas.schema import Attitude


@dataclass
class Gains:
    """Changes of the self-reported PANAS sums (10 to 50) by counselor and attitude.

    The gain is what positive affect rose plus what negative affect fell; a session with a missing
    sum does not enter.
    """

    values: dict[tuple[str, Attitude], list[tuple[str, float]]] = field(default_factory=dict)

    def add(self, session: Session) -> None:
        """Take in one session; nothing without both sums and the attitude."""
        if session.attitude is None or session.pa_gain is None or session.na_gain is None:
            return
        cell = self.values.setdefault((session.counselor, session.attitude), [])
        cell.append((session.cluster, session.pa_gain - session.na_gain))

    def mean(self, counselor: str, attitude: Attitude) -> Estimate | None:
        """Return the mean gain with a bootstrap interval over intake forms."""
        cell = self.values.get((counselor, attitude))
        return cluster_mean(cell) if cell else None

    def is_ordered(self, counselor: str) -> bool | None:
        """Tell whether positive > neutral > negative, and the outer intervals do not overlap.

        `None` where an attitude is missing or has too few forms for an interval.
        """
        means = [self.mean(counselor, attitude) for attitude in Attitude]
        known = [m for m in means if m is not None and m.low is not None and m.high is not None]
        if len(known) < len(means):
            return None
        positive, neutral, negative = known
        apart = (positive.low or 0.0) > (negative.high or 0.0)
        return positive.mean > neutral.mean > negative.mean and apart

    @property
    def counselors(self) -> tuple[str, ...]:
        """Return all counselors, in the order they came."""
        return tuple(dict.fromkeys(counselor for counselor, _ in self.values))
