"""Bootstrap over clients: episodes of one client go together, so whole clients are drawn.

Percentile intervals over few clusters are too narrow. Ours are *expanded* (Hesterberg 2015, "What
teachers should know about the bootstrap"): the tails are moved out so that for a mean the interval
has the width of a t interval over the clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from scipy import stats

from evaluators.ranking.scores import Array

RESAMPLES = 2000
SEED = 20480


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval over `clients` clients; no interval with fewer than two."""

    value: float
    low: float | None
    high: float | None
    clients: int

    @property
    def excludes_zero(self) -> bool:
        """Tell whether the interval lies on one side of zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def touches(self, other: Interval) -> bool:
        """Tell whether two intervals share a point; one that is not known touches everything."""
        if self.low is None or self.high is None or other.low is None or other.high is None:
            return True
        return self.low <= other.high and other.low <= self.high


@lru_cache(maxsize=4)
def draw_weights(clients: int, resamples: int = RESAMPLES, seed: int = SEED) -> Array:
    """Return how often each client was drawn in each resample, shape (resamples, clients)."""
    rng = np.random.default_rng(seed)
    even = np.full(clients, 1 / clients)
    return rng.multinomial(clients, even, size=resamples).astype(np.float64)


def weigh_means(values: Array, weights: Array) -> Array:
    """Return the weighted means of values (clients,) under weights (resamples, clients), NaN left out."""
    there = ~np.isnan(values)
    total = weights[:, there].sum(axis=1)
    sums = weights[:, there] @ values[there]
    return np.asarray(np.divide(sums, total, out=np.full(len(weights), np.nan), where=total > 0))


def interval_of(value: float, resampled: Array, clients: int, level: float = 0.95) -> Interval:
    """Return the expanded percentile interval of a statistic from its resampled values."""
    there = resampled[~np.isnan(resampled)]
    if clients < 2 or not len(there):
        return Interval(value, None, None, clients)
    tail = expand_tail((1 - level) / 2, clients)
    low, high = np.quantile(there, [tail, 1 - tail])
    return Interval(value, float(low), float(high), clients)


def expand_tail(tail: float, clients: int) -> float:
    """Return the share to cut at each side so that few clusters do not give too narrow an interval."""
    far = sqrt(clients / (clients - 1)) * stats.t.ppf(tail, clients - 1)
    return float(stats.norm.cdf(far))


def mean_interval(by_client: Array, level: float = 0.95) -> Interval:
    """Return the mean of client values (clients,) with its interval; NaN clients are left out.

    Raises ValueError if no client has a value.
    """
    values = by_client[~np.isnan(by_client)]
    if not len(values):
        raise ValueError("there is nothing to take a mean of")
    resampled = weigh_means(values, draw_weights(len(values)))
    return interval_of(float(values.mean()), resampled, len(values), level)
