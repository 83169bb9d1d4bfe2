"""The interval of a share whose marks go together by client."""

from __future__ import annotations

import numpy as np

from evaluators.ranking.position import share_interval


def test_intervals_of_clustered_shares_cover_the_truth() -> None:
    rng = np.random.default_rng(4)
    clients, counts = 30, np.full(30, 12.0)
    for spread in (0.0, 0.15):
        covered = []
        for _ in range(400):
            own = np.clip(0.8 + rng.choice([-spread, spread], clients), 0, 1)
            found = share_interval(rng.binomial(12, own).astype(float), counts)
            assert found.low is not None
            assert found.high is not None
            covered.append(found.low <= 0.8 <= found.high)
        assert 0.92 <= np.mean(covered) <= 0.98


def test_marks_that_go_together_make_a_wider_interval() -> None:
    even = share_interval(np.full(20, 6.0), np.full(20, 12.0))
    apart = share_interval(np.array([12.0, 0.0] * 10), np.full(20, 12.0))
    assert even.value == apart.value == 0.5
    assert (apart.high or 0) - (apart.low or 0) > 3 * ((even.high or 0) - (even.low or 0))
    alone = share_interval(np.array([3.0]), np.array([4.0]))
    assert (alone.value, alone.low) == (0.75, None)
