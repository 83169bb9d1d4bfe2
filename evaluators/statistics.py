"""Means with honest intervals: episodes of one client go together, so clients are resampled."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

_SEED = 20480


@dataclass(frozen=True)
class Estimate:
    """A mean over `n` values from `clusters` clusters, with its interval.

    `low` and `high` are `None` when there is only one cluster, since nothing then tells how
    another cluster would have come out.
    """

    mean: float
    low: float | None
    high: float | None
    n: int
    clusters: int


def cluster_mean(
    values: Sequence[tuple[str, float]], *, level: float = 0.95, resamples: int = 2000
) -> Estimate:
    """Return the mean of (cluster, value) pairs with a percentile bootstrap interval over clusters.

    Whole clusters are drawn with replacement; a cluster weighs as much as it has values. The seed
    is fixed: the same values, in any order, give the same interval. With fewer than about ten
    clusters the interval is too narrow (percentile intervals are). Raises ValueError for no values
    or a level outside 0..1.
    """
    if not values:
        raise ValueError("there is nothing to take a mean of")
    if not 0 < level < 1:
        raise ValueError(f"the level must lie between 0 and 1, not {level}")
    sums, counts = _cluster_totals(values)
    mean = sum(sums) / sum(counts)
    if len(sums) == 1:
        return Estimate(mean, None, None, len(values), 1)
    means = _resample_means(sums, counts, resamples)
    tail = (1 - level) / 2
    low, high = quantile(means, tail), quantile(means, 1 - tail)
    return Estimate(mean, low, high, len(values), len(sums))


def _cluster_totals(values: Sequence[tuple[str, float]]) -> tuple[list[float], list[int]]:
    grouped: dict[str, list[float]] = defaultdict(list)
    for cluster, value in sorted(values):
        grouped[cluster].append(value)
    groups = [grouped[cluster] for cluster in sorted(grouped)]
    return [sum(group) for group in groups], [len(group) for group in groups]


def _resample_means(sums: list[float], counts: list[int], resamples: int) -> list[float]:
    rng = random.Random(_SEED)
    clusters = range(len(sums))
    means = []
    for _ in range(resamples):
        drawn = rng.choices(clusters, k=len(sums))
        means.append(sum(map(sums.__getitem__, drawn)) / sum(map(counts.__getitem__, drawn)))
    return sorted(means)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile (`share` in 0..1) of values in ascending order, linearly interpolated."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
