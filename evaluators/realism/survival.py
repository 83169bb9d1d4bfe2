"""Who stays: Kaplan–Meier curves of drop-out, and how much sooner negative clients leave.

Time is counted in exchanges, the event is that the client walks out; every other end is censoring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import exp, log, sqrt

from personas.schema import Attitude

_Z = 1.959964
Cell = tuple[str, int]
Rates = dict[Cell, tuple[int, int, int, int]]  # at risk and events: negative, then positive


@dataclass(frozen=True)
class Point:
    """The share still there after an exchange (0 to 1), its 95 % interval, how many were at risk.

    The interval (Greenwood's variance, log-log scale) is `None` while nobody, or after everybody, left.
    """

    exchange: int
    stay: float
    interval: tuple[float, float] | None
    at_risk: int


@dataclass
class Curve:
    """Drop-outs and other ends by exchange."""

    left: Counter[int] = field(default_factory=Counter)
    ended: Counter[int] = field(default_factory=Counter)

    def add(self, exchange: int, dropped_out: bool) -> None:
        """Take in one session that ended at this exchange."""
        (self.left if dropped_out else self.ended)[exchange] += 1

    @property
    def n(self) -> int:
        """Return the number of sessions."""
        return self.left.total() + self.ended.total()

    def at(self, exchange: int) -> Point:
        """Return the Kaplan–Meier estimate after an exchange."""
        stay, spread = 1.0, 0.0
        for when in sorted(time for time in self.left if time <= exchange):
            risk, events = self.at_risk(when), self.left[when]
            stay *= 1 - events / risk
            spread += events / (risk * (risk - events)) if risk > events else 0.0
        return Point(exchange, stay, _log_log(stay, spread), self.at_risk(exchange))

    def at_risk(self, exchange: int) -> int:
        """Return how many sessions had not ended before an exchange."""
        return sum(
            n for ends in (self.left, self.ended) for when, n in ends.items() if when >= exchange
        )


def _log_log(stay: float, spread: float) -> tuple[float, float] | None:
    if not 0 < stay < 1:
        return None
    half = _Z * sqrt(spread) / abs(log(stay))
    return stay ** exp(half), stay ** exp(-half)


@dataclass(frozen=True)
class HazardRatio:
    """Negative to positive; without interval where leaving out one form leaves a side without events."""

    ratio: float
    interval: tuple[float, float] | None
    negative: int
    positive: int


@dataclass
class Hazards:
    """Every session's end by intake form, for the ratio of hazards negative : positive."""

    ends: dict[str, Counter[tuple[str, Attitude, int, bool]]] = field(default_factory=dict)

    def add(
        self, form: str, counselor: str, attitude: Attitude, exchange: int, dropped_out: bool
    ) -> None:
        """Take in one session; neutral clients do not enter the ratio."""
        if attitude is not Attitude.NEUTRAL:
            own = self.ends.setdefault(form, Counter())
            own[counselor, attitude, exchange, dropped_out] += 1

    def estimate(self) -> HazardRatio | None:
        """Return the Mantel–Haenszel ratio over strata of counselor × exchange; `None` without events.

        The interval is a jackknife over intake forms on the log scale, since the sessions of one
        form are not independent.
        """
        times = {(c, t) for own in self.ends.values() for (c, _, t, left) in own if left}
        parts = [_tabulate(own, times) for own in self.ends.values()]
        whole = _add_up(parts)
        ratio = _mantel_haenszel(whole)
        events = [sum(cell[place] for cell in whole.values()) for place in (1, 3)]
        if ratio is None:
            return None
        without = [_mantel_haenszel(_take_off(whole, part)) for part in parts]
        return HazardRatio(ratio, _jackknife(ratio, without), events[0], events[1])


def _tabulate(own: Mapping[tuple[str, Attitude, int, bool], int], times: set[Cell]) -> Rates:
    cells: Rates = {}
    for counselor, when in times:
        counts = [0, 0, 0, 0]
        for (name, attitude, end, left), n in own.items():
            if name == counselor and end >= when:
                side = 0 if attitude is Attitude.NEGATIVE else 2
                counts[side] += n
                counts[side + 1] += n if left and end == when else 0
        if any(counts):
            cells[counselor, when] = (counts[0], counts[1], counts[2], counts[3])
    return cells


def _add_up(parts: Iterable[Rates]) -> Rates:
    whole: Rates = {}
    for part in parts:
        for cell, counts in part.items():
            old = whole.get(cell, (0, 0, 0, 0))
            whole[cell] = _combine(old, counts, 1)
    return whole


def _take_off(whole: Rates, part: Rates) -> Rates:
    return {**whole, **{cell: _combine(whole[cell], own, -1) for cell, own in part.items()}}


def _combine(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int], sign: int
) -> tuple[int, int, int, int]:
    a, b, c, d = (x + sign * y for x, y in zip(one, other, strict=True))
    return a, b, c, d


def _mantel_haenszel(cells: Rates) -> float | None:
    above = sum(d1 * y0 / (y1 + y0) for y1, d1, y0, _ in cells.values() if y1 + y0)
    below = sum(d0 * y1 / (y1 + y0) for y1, _, y0, d0 in cells.values() if y1 + y0)
    return above / below if above and below else None


def _jackknife(ratio: float, without: list[float | None]) -> tuple[float, float] | None:
    logs = [log(value) for value in without if value is not None]
    if len(logs) < max(2, len(without)):
        return None
    mean, n = sum(logs) / len(logs), len(logs)
    half = _Z * sqrt((n - 1) / n * sum((value - mean) ** 2 for value in logs))
    return ratio * exp(-half), ratio * exp(half)
