from __future__ import annotations

import random
import time

import pytest

from evaluators.statistics import cluster_mean, quantile


def test_mean_and_counts_of_a_hand_made_case() -> None:
    estimate = cluster_mean([("a", 1.0), ("a", 3.0), ("b", 5.0)])
    assert (estimate.mean, estimate.n, estimate.clusters) == (3.0, 3, 2)
    # Two clusters can be drawn as aa (2), ab or ba (3), bb (5): the interval spans all of them.
    assert (estimate.low, estimate.high) == (2.0, 5.0)


def test_one_cluster_has_no_interval_and_nothing_is_an_error() -> None:
    alone = cluster_mean([("a", 1.0), ("a", 2.0)])
    assert (alone.mean, alone.low, alone.high) == (1.5, None, None)
    with pytest.raises(ValueError, match="nothing"):
        cluster_mean([])
    with pytest.raises(ValueError, match="level"):
        cluster_mean([("a", 1.0)], level=95)


def test_order_of_the_values_does_not_matter() -> None:
    values = [(f"c{i % 7}", float(i * 13 % 11)) for i in range(40)]
    assert cluster_mean(values) == cluster_mean(values[::-1])


def test_repeating_a_client_does_not_narrow_the_interval() -> None:
    once = [(f"c{i}", float(i % 10)) for i in range(30)]
    single, tenfold = cluster_mean(once), cluster_mean(once * 10)
    assert (single.low, single.high) == (tenfold.low, tenfold.high)
    assert tenfold.n == 300


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = random.Random(5)
    covered = 0
    for _ in range(200):
        clients = [(str(c), rng.gauss(0, 1)) for c in range(40)]
        values = [(name, base + rng.gauss(0, 1)) for name, base in clients for _ in range(3)]
        estimate = cluster_mean(values, level=0.9, resamples=300)
        assert estimate.low is not None
        assert estimate.high is not None
        covered += estimate.low <= 0 <= estimate.high
    assert 0.84 <= covered / 200 <= 0.96


def test_225_clusters_take_well_under_a_second() -> None:
    values = [(str(i % 225), i * 0.37 % 1) for i in range(675)]
    start = time.perf_counter()
    cluster_mean(values)
    assert time.perf_counter() - start < 1.0


def test_quantile_interpolates() -> None:
    assert quantile([0.0, 10.0], 0.25) == 2.5
    assert quantile([4.0], 0.9) == 4.0
