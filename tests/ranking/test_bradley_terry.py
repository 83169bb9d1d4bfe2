"""Strengths from pairwise outcomes, and the graph of who met whom."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import NAMES, make_comparisons, make_scores

from evaluators.ranking.bradley_terry import fit, rank_counselors
from evaluators.ranking.comparisons import Outcome, collect, find_islands, from_scores
from evaluators.ranking.scores import Scores
from personas.errors import InputError

TRUE = (0.6, 0.2, -0.2, -0.6)


def test_many_outcomes_give_back_the_strengths() -> None:
    world = make_comparisons(np.random.default_rng(1), TRUE, clients=4000)
    assert fit(world.wins.sum(0), world.ties.sum(0)) == pytest.approx(np.array(TRUE), abs=0.05)


def test_intervals_cover_the_true_strengths() -> None:
    rng = np.random.default_rng(2)
    covered = []
    for _ in range(60):
        for row in rank_counselors(make_comparisons(rng, TRUE), fits=200).ranked:
            true = TRUE[NAMES.index(row.counselor)]
            covered.append(row.strength.low <= true <= row.strength.high)  # type: ignore[operator]
    assert 0.90 <= np.mean(covered) <= 0.99


def test_ranks_and_the_chance_to_be_best() -> None:
    ranking = rank_counselors(make_comparisons(np.random.default_rng(3), (1.0, 0.0, 0.0, -1.0)))
    best, *_, last = ranking.ranked
    assert (best.counselor, best.rank, best.rank_low, best.rank_high) == ("a", 1, 1, 1)
    assert best.best > 0.99
    assert (last.counselor, last.rank_low, last.rank_high) == ("d", 4, 4)
    middle = ranking.ranked[1:3]
    assert {(row.rank_low, row.rank_high) for row in middle} == {(2, 3)}
    assert sum(row.best for row in ranking.ranked) == pytest.approx(1.0)
    assert ranking.comparisons == 6 * 40 * 2
    assert 0 < ranking.ties < ranking.comparisons


def test_who_never_lost_has_a_finite_strength() -> None:
    rows = [Outcome(f"c{n}", "a", "b", 1.0) for n in range(10)]
    ranking = rank_counselors(collect(rows, ("a", "b")))
    assert np.isfinite(ranking.ranked[0].strength.value)
    assert ranking.ranked[0].strength.value == pytest.approx(np.log(10.5 / 0.5) / 2, rel=1e-3)


def test_the_same_outcomes_give_the_same_ranking() -> None:
    world = make_comparisons(np.random.default_rng(4), TRUE)
    assert rank_counselors(world) == rank_counselors(world)


def test_islands_are_refused_with_the_missing_link() -> None:
    rows = [Outcome("x", "a", "b", 1.0), Outcome("x", "c", "d", 0.0), Outcome("y", "c", "d", 0.5)]
    world = collect(rows, ("a", "b", "c", "d"))
    assert find_islands(world.played, world.counselors) == [("a", "b"), ("c", "d")]
    with pytest.raises(InputError, match="a, b and c, d were never compared"):
        rank_counselors(world)


def test_a_chain_of_comparisons_connects() -> None:
    rows = [Outcome("x", "a", "b", 1.0), Outcome("x", "b", "c", 1.0)]
    ranking = rank_counselors(collect(rows, ("a", "b", "c")))
    assert [row.counselor for row in ranking.ranked] == ["a", "b", "c"]


def test_resamples_that_miss_a_counselor_leave_it_its_prior() -> None:
    rows = [Outcome("x", "a", "b", 1.0), Outcome("y", "b", "c", 1.0), Outcome("z", "a", "c", 1.0)]
    for row in rank_counselors(collect(rows, ("a", "b", "c"))).ranked:
        low, high = row.strength.low, row.strength.high
        assert low is not None
        assert high is not None
        assert np.isfinite([low, high]).all()
        assert low < row.strength.value < high or row.counselor == "b"


def test_a_split_decision_is_a_tie() -> None:
    world = collect([Outcome("x", "a", "b", 0.5), Outcome("x", "b", "a", 0.25)], ("a", "b"))
    assert world.wins.sum() == 0
    assert world.played[0, 1] == 2


def test_scores_decide_unless_they_are_close_or_missing() -> None:
    values = np.array([[[4.0, 3.0, 5.0]], [[3.0, 2.9, np.nan]]])
    world = from_scores(Scores(("a", "b"), ("x",), (0, 1, 2), values), margin=0.25)
    assert (world.wins[0, 0, 1], world.wins[0, 1, 0], world.ties[0, 0, 1]) == (1, 0, 1)


def test_scores_and_comparisons_agree_on_the_order() -> None:
    scores = make_scores(np.random.default_rng(5), TRUE, clients=60)
    ranking = rank_counselors(from_scores(scores, margin=0.1))
    assert [row.counselor for row in ranking.ranked] == ["a", "b", "c", "d"]
