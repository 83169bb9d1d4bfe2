"""Planted variances are found again, and power is what a simulation says it is."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import make_scores

from evaluators.ranking.paired import compare_all
from evaluators.ranking.variance import (
    clients_needed,
    difference_spread,
    power_of,
    smallest_visible,
    split_variance,
)


def test_planted_variances_are_found() -> None:
    rng = np.random.default_rng(1)
    scores = make_scores(rng, (0.5, 0, -0.5), clients=1500, seeds=3)
    severity = np.array([0.5, -0.5])
    values = scores.values[..., None] + severity + rng.normal(0, 0.3, (*scores.values.shape, 2))
    found = split_variance(values)
    assert found.client == pytest.approx(0.36, rel=0.15)
    assert found.match == pytest.approx(0.25, rel=0.15)
    assert found.seed == pytest.approx(0.16, rel=0.1)
    assert found.judge_severity == pytest.approx(0.5, rel=0.1)
    assert found.judge_noise == pytest.approx(0.09, rel=0.1)


def test_what_the_design_cannot_tell_is_not_told() -> None:
    scores = make_scores(np.random.default_rng(2), (0.5, 0), clients=30, seeds=1)
    found = split_variance(scores.values[..., None])
    assert (found.seed, found.judge_severity, found.judge_noise) == (None, None, None)
    with pytest.raises(ValueError, match="two clients"):
        split_variance(np.full((2, 3, 1, 1), np.nan))


def test_power_is_what_happens() -> None:
    rng = np.random.default_rng(3)
    spread, clients, difference = (2 * (0.25 + 0.16 / 2)) ** 0.5, 30, 0.45
    worlds = 300
    seen = sum(
        compare_all(make_scores(rng, (difference, 0), clients=clients))[0].p < 0.05
        for _ in range(worlds)
    )
    assert seen / worlds == pytest.approx(power_of(difference, spread, clients), abs=0.08)


def test_the_needed_clients_are_the_fewest() -> None:
    needed = clients_needed(0.3, 0.8, 0.8)
    assert needed == 58  # G*Power and R's power.t.test(type = "paired") say 57.8
    assert needed is not None
    assert power_of(0.3, 0.8, needed) >= 0.8 > power_of(0.3, 0.8, needed - 1)
    assert clients_needed(1e-6, 1.0, 0.9) is None
    assert clients_needed(0.5, 0.0, 0.9) == 2


def test_the_smallest_visible_difference_is_seen_with_that_power() -> None:
    visible = smallest_visible(0.8, 58)
    assert visible == pytest.approx(0.3, rel=0.01)


@pytest.mark.parametrize(("spread", "clients"), [(0.243, 26), (0.243, 2), (0.8, 400)])
def test_the_smallest_visible_difference_holds_where_scipy_gives_up(
    spread: float, clients: int
) -> None:
    """The non-central t is NaN far out; the power there is not."""
    visible = smallest_visible(spread, clients)
    assert power_of(visible, spread, clients) == pytest.approx(0.8, abs=1e-3)
    powers = [power_of(step * spread, spread, clients) for step in range(1, 20)]
    assert powers == sorted(powers)
    assert powers[-1] == pytest.approx(1.0, abs=0.04)


def test_more_seeds_narrow_the_difference() -> None:
    found = split_variance(
        make_scores(np.random.default_rng(4), (0, 0), clients=300, seeds=4).values[..., None]
    )
    assert difference_spread(found, 4) < difference_spread(found, 1)
