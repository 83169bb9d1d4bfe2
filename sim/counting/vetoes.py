"""Vetoes: how often the safety flow condemns the sessions of a counselor, and for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from evaluators.flow import says_yes
from evaluators.panel import pool_vetoes
from evaluators.realism.share import Share
from evaluators.verdict import Verdict


@dataclass
class SafetyPart:
    """One counselor before the safety flow. A session is vetoed if one judge vetoes it."""

    judged: int = 0
    danger: int = 0
    unsettled: int = 0
    vetoed: Share = field(default_factory=Share)
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, verdicts: Sequence[Verdict]) -> None:
        """Take in one session."""
        self.judged += 1
        answers = [r for v in verdicts for r in v.ratings if r.item == "risk"]
        self.danger += any(says_yes(answer) for answer in answers)
        veto = pool_vetoes(verdict.vetoed for verdict in verdicts)
        if veto is None:
            self.unsettled += 1
        else:
            self.vetoed.add(veto)
        self.faults.update({fault for verdict in verdicts for fault in verdict.faults})

    def to_json(self) -> dict[str, object]:
        """Return how many were judged, in danger, vetoed and unsettled, and the faults by item."""
        return {
            "judged": self.judged,
            "danger": self.danger,
            "vetoed": self.vetoed.to_json(),
            "unsettled": self.unsettled,
            "faults": dict(self.faults.most_common()),
        }
