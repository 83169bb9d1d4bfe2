"""Differences on the same clients: what is found, how often wrongly, and what a missing score does."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import make_scores, true_differences

from evaluators.ranking.paired import compare_all, correct_holm, flip_signs
from evaluators.ranking.resampling import interval_of, mean_interval
from evaluators.ranking.scores import Scores, gather

TRUE = (0.6, 0.2, -0.2, -0.6)


def test_holm_as_published() -> None:
    # Holm 1979 by hand: 4·.005, then max with 3·.01, 2·.03, 1·.04.
    assert correct_holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert correct_holm([0.9, 0.8]) == [1.0, 1.0]


def test_sign_flips_are_exact_for_few_clients() -> None:
    assert flip_signs(np.array([1.0, 2.0, 3.0])) == 2 / 8
    assert flip_signs(np.array([1.0, -1.0])) == 1.0
    assert flip_signs(np.zeros(20)) == 1.0


def test_many_clients_need_no_pattern_twice() -> None:
    p = flip_signs(np.full(40, 0.5))
    assert p == pytest.approx(1 / 10_001)


def test_intervals_cover_the_true_difference() -> None:
    rng = np.random.default_rng(7)
    truth = true_differences(TRUE)
    found = [
        row.mean.low <= truth[row.first, row.second] <= row.mean.high  # type: ignore[operator]
        for _ in range(150)
        for row in compare_all(make_scores(rng, TRUE))
    ]
    assert len(found) == 900
    assert 0.92 <= np.mean(found) <= 0.98


def test_equal_counselors_are_seldom_told_apart() -> None:
    rng = np.random.default_rng(8)
    worlds = 200
    alarms = sum(
        any(row.p_holm < 0.05 for row in compare_all(make_scores(rng, (0, 0, 0, 0), clients=20)))
        for _ in range(worlds)
    )
    assert alarms / worlds <= 0.05 + 2 * (0.05 * 0.95 / worlds) ** 0.5


def test_large_differences_are_found_with_their_size() -> None:
    rows = compare_all(make_scores(np.random.default_rng(9), TRUE, clients=60, seeds=3))
    found = {(row.first, row.second): row for row in rows}
    widest = found["a", "d"]
    assert widest.p_holm < 0.001
    assert widest.mean.excludes_zero
    assert widest.effect == pytest.approx(1.2 / (2 * (0.25 + 0.16 / 3)) ** 0.5, rel=0.35)
    assert widest.wins > 0.85


def test_clients_matter_to_intervals_of_means() -> None:
    """Treating episodes as independent gives intervals that miss the truth far too often."""
    rng = np.random.default_rng(10)
    kept, naive = [], []
    for _ in range(300):
        scores = make_scores(rng, (0.0,), clients=20, seeds=5, client=0.8, match=0, seed=0.3)
        by_client = mean_interval(scores.by_client[0])
        alone = mean_interval(scores.values[0].ravel())
        kept.append(by_client.low <= 3 <= by_client.high)  # type: ignore[operator]
        naive.append(alone.low <= 3 <= alone.high)  # type: ignore[operator]
    assert 0.91 <= np.mean(kept) <= 0.98
    assert np.mean(naive) < 0.75


def test_few_clients_get_a_wide_interval() -> None:
    rng = np.random.default_rng(11)
    covered = []
    for _ in range(400):
        found = mean_interval(rng.normal(0, 1, 6))
        covered.append(found.low <= 0 <= found.high)  # type: ignore[operator]
    assert np.mean(covered) >= 0.91


def test_a_missing_score_is_left_out_and_never_counts_as_zero() -> None:
    scored: dict[tuple[str, str, int], float | None] = {
        (who, client, seed): value
        for who, value in (("a", 4.0), ("b", 3.0))
        for client in ("x", "y", "z")
        for seed in (0, 1)
    }
    scored["a", "x", 0] = None
    scored["b", "y", 0] = scored["b", "y", 1] = None
    scores = gather(scored)
    assert scores.by_client.tolist()[0] == [4.0, 4.0, 4.0]
    (row,) = compare_all(scores)
    assert (row.mean.value, row.mean.clients) == (1.0, 2)
    assert np.isnan(scores.worst_by_client[0]).tolist() == [True, False, False]


def test_one_client_has_no_interval() -> None:
    found = mean_interval(np.array([4.0]))
    assert (found.value, found.low, found.high) == (4.0, None, None)
    assert found.touches(interval_of(0.0, np.zeros(10), 5))
    assert not found.excludes_zero
    with pytest.raises(ValueError, match="nothing"):
        mean_interval(np.array([np.nan]))


def test_scores_of_some_clients() -> None:
    scores = make_scores(np.random.default_rng(0), TRUE, clients=5)
    some = scores.select(["client-1", "client-3"])
    assert isinstance(some, Scores)
    assert some.values.tolist() == scores.values[:, [1, 3]].tolist()


def test_clients_of_one_form_go_together() -> None:
    scored: dict[tuple[str, str, int], float | None] = {
        (who, f"{form}-{attitude}", 0): value + bonus
        for who, bonus in (("a", 1.0), ("b", 0.0))
        for form, value in (("x", 2.0), ("y", 3.0), ("z", 5.0))
        for attitude in ("positive", "negative")
    }
    forms = {client: client[0] for _, client, _ in scored}
    scores = gather(scored, forms)
    assert scores.by_form.tolist() == [[3.0, 4.0, 6.0], [2.0, 3.0, 5.0]]
    (row,) = compare_all(scores)
    assert row.mean.clients == 3
