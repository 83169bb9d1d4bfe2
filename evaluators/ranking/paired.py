"""Counselors compared on the same clients: differences, their intervals, and corrected p-values.

The p-value comes from flipping the signs of the clients' differences (a randomisation test: it needs
no normal distribution and never tests bootstrap means); Holm's step-down corrects for all pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

import numpy as np

from evaluators.ranking.resampling import SEED, Interval, mean_interval
from evaluators.ranking.scores import Array, Scores

FLIPS = 10_000
_EXACT_UP_TO = 13  # clients for which all sign patterns are tried


@dataclass(frozen=True)
class Difference:
    """`first` minus `second`, over the clients that both have met.

    `effect` is the mean difference in standard deviations of the clients' differences (d_z); `wins`
    the share of clients with whom `first` did better, ties counting half. Clients of one intake form
    count as one. `p` is two-sided, `p_holm`
    corrected for all pairs of the table.
    """

    first: str
    second: str
    mean: Interval
    effect: float | None
    wins: float
    p: float
    p_holm: float


def compare_all(scores: Scores) -> list[Difference]:
    """Return the differences of all pairs that share at least two clients, Holm-corrected together."""
    by_form = scores.by_form
    pairs = combinations(range(len(scores.counselors)), 2)
    rows = [(i, j, by_form[i] - by_form[j]) for i, j in pairs]
    shared = [(i, j, d[~np.isnan(d)]) for i, j, d in rows]
    found = [
        _compare(scores.counselors[i], scores.counselors[j], differences)
        for i, j, differences in shared
        if len(differences) >= 2
    ]
    corrected = correct_holm([difference.p for difference in found])
    return [replace(row, p_holm=p) for row, p in zip(found, corrected, strict=True)]


def _compare(first: str, second: str, differences: Array) -> Difference:
    spread = float(differences.std(ddof=1))
    wins = float((differences > 0).mean() + (differences == 0).mean() / 2)
    effect = float(differences.mean()) / spread if spread > 0 else None
    p = flip_signs(differences)
    return Difference(first, second, mean_interval(differences), effect, wins, p, p)


def flip_signs(differences: Array) -> float:
    """Return the two-sided p-value of the mean difference (clients,) by random sign flips.

    Up to 13 clients every pattern of signs is tried; beyond, 10,000 with a fixed seed, and the
    observed one is counted in, so that p is never 0.
    """
    count = len(differences)
    observed = abs(differences.sum()) * (1 - 1e-12)
    if count <= _EXACT_UP_TO:
        patterns = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
        return float((np.abs((1 - 2 * patterns) @ differences) >= observed).mean())
    sums = np.abs(_draw_signs(count) @ differences)
    return float((1 + (sums >= observed).sum()) / (1 + FLIPS))


@lru_cache(maxsize=4)
def _draw_signs(count: int) -> Array:
    rng = np.random.default_rng(SEED)
    return 1 - 2 * rng.integers(0, 2, size=(FLIPS, count), dtype=np.int8).astype(np.float64)


def correct_holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's step-down adjusted p-values, in the order given (Holm 1979)."""
    order = sorted(range(len(p_values)), key=lambda n: p_values[n])
    adjusted, running = [0.0] * len(p_values), 0.0
    for rank, n in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[n]))
        adjusted[n] = running
    return adjusted
