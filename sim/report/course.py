"""How the mind moves over the exchanges of a session, averaged over many sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from agents.mind.gauge import Gauge

GAUGES = ("belief", "distress", "hope", "trust", "tension")


@dataclass
class Course:
    """Means of the gauges (0 to 100) by exchange, 0 being the client's opening.

    A session that has ended keeps its last reading, so that every mean is over the same sessions:
    otherwise a counselor whom the unhappy leave would look better with every exchange.
    """

    n: int = 0
    _sums: list[list[float]] = field(default_factory=list)
    _kept: list[list[float]] = field(default_factory=list)

    def add(self, trace: Sequence[Gauge]) -> None:
        """Take in one session; nothing where it tells no gauges or no beliefs."""
        if not trace or not all(gauge.beliefs for gauge in trace):
            return
        self.n += 1
        while len(self._sums) < len(trace):
            self._sums.append([0.0] * len(GAUGES))
            self._kept.append([0.0] * len(GAUGES))
        for exchange, gauge in enumerate(trace):
            _add_to(self._sums[exchange], _read(gauge))
        _add_to(self._kept[len(trace) - 1], _read(trace[-1]))

    def to_json(self) -> dict[str, list[float]]:
        """Return the means by gauge, one per exchange up to the longest session."""
        past = [0.0] * len(GAUGES)
        means = []
        for sums, kept in zip(self._sums, self._kept, strict=True):
            means.append([(a + b) / self.n for a, b in zip(sums, past, strict=True)])
            _add_to(past, kept)
        columns = zip(*means, strict=True)
        return {
            name: [round(mean, 2) for mean in column]
            for name, column in zip(GAUGES, columns, strict=False)
        }


def _read(gauge: Gauge) -> list[float]:
    return [fmean(gauge.beliefs), gauge.distress, gauge.hope, gauge.trust, gauge.tension]


def _add_to(sums: list[float], values: Sequence[float]) -> None:
    for place, value in enumerate(values):
        sums[place] += value
