"""The course of a session in our own records: what is disclosed when, and how the mind moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import fmean

from agents.mind.gauge import Gauge
from evaluators.realism.session import Session
from personas.schema import Persona

MARKS = (5, 10, 20)
TIERS = ("open", "guarded", "closed")
GAUGES = ("trust", "belief", "distress", "hope")
_TIER_FROM = ((35, "closed"), (25, "guarded"), (0, "open"))


def tier_of(threshold: int) -> str:
    """Return `open` (below trust 25), `guarded` (25 to 34) or `closed` (35 and more)."""
    return next(name for least, name in _TIER_FROM if threshold >= least)


def gated_entries(persona: Persona) -> Iterator[tuple[str, int]]:
    """Yield every ledger entry of a persona with its trust threshold (thoughts, facts, disclosures).

    The first thought is left out: its surface, the automatic thought, is told in its place.
    """
    for i, thought in enumerate(persona.profile.thoughts):
        if i:
            yield f"thought.{i}", thought.trust
        for kind, facts in (("for", thought.evidence_for), ("against", thought.evidence_against)):
            yield from ((f"{kind}.{i}.{place}", fact.trust) for place, fact in enumerate(facts))
    for place, item in enumerate(persona.profile.disclosures):
        yield f"disclosure.{place}", item.trust


@dataclass
class Disclosures:
    """When what stands behind a trust threshold was told, by height of the threshold."""

    told: dict[str, Counter[int]] = field(default_factory=dict)
    entries: Counter[str] = field(default_factory=Counter)
    too_early: int = 0

    def add(self, session: Session) -> None:
        """Take in one session; nothing without persona and trace."""
        if session.persona is None or not session.trace:
            return
        when = {
            entry: (number, gauge)
            for number, gauge in reversed(list(enumerate(session.trace)))
            for entry in gauge.told
        }
        for entry, threshold in gated_entries(session.persona):
            self.entries[tier_of(threshold)] += 1
            if entry in when:
                number, gauge = when[entry]
                self.told.setdefault(tier_of(threshold), Counter())[number] += 1
                self.too_early += gauge.trust < threshold - 0.05  # gauges are rounded

    def share_by(self, tier: str, exchange: int | None) -> float | None:
        """Return the share of a tier's entries told by an exchange, or at all."""
        if not self.entries[tier]:
            return None
        told = self.told.get(tier, Counter())
        hits = sum(n for when, n in told.items() if exchange is None or when <= exchange)
        return hits / self.entries[tier]

    def to_json(self) -> dict[str, object]:
        """Return per tier how many entries there are and which share was told by when."""
        tiers = {
            tier: {
                "entries": self.entries[tier],
                **{f"by_{mark}": self.share_by(tier, mark) for mark in MARKS},
                "ever": self.share_by(tier, None),
            }
            for tier in TIERS
            if self.entries[tier]
        }
        return {"tiers": tiers, "told_below_threshold": self.too_early}


@dataclass
class Trajectories:
    """Mean trust, belief, distress and hope after the opening, after some exchanges, and at the end.

    A session that has ended keeps its last value, so that all means are over the same clients.
    """

    sums: dict[tuple[str, str], float] = field(default_factory=dict)
    n: int = 0

    def add(self, trace: tuple[Gauge, ...]) -> None:
        """Take in one session; nothing without a trace. The first gauge is the opening."""
        if not trace:
            return
        self.n += 1
        for point, place in self.places(len(trace)).items():
            for name, value in _read(trace[place]).items():
                self.sums[point, name] = self.sums.get((point, name), 0.0) + value

    @staticmethod
    def places(length: int) -> dict[str, int]:
        """Return which gauge stands for which point."""
        last = length - 1
        return {"start": 0, **{str(m): min(m, last) for m in MARKS}, "end": last}

    def mean(self, point: str, name: str) -> float | None:
        """Return a mean (0 to 100)."""
        return self.sums[point, name] / self.n if self.n else None

    def to_json(self) -> dict[str, object]:
        """Return the means by point and gauge."""
        points = self.places(1) if self.n else {}
        means = {p: {name: self.mean(p, name) for name in GAUGES} for p in points}
        return {"n": self.n, "means": means}


def _read(gauge: Gauge) -> dict[str, float]:
    belief = fmean(gauge.beliefs) if gauge.beliefs else 0.0
    return {"trust": gauge.trust, "belief": belief, "distress": gauge.distress, "hope": gauge.hope}
