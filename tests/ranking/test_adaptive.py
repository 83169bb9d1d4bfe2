"""Adaptive sampling: connects all, meets neighbours more often, and finds the order sooner."""

from __future__ import annotations

import numpy as np
from rounds import SIZE, Choose, choose_alike, choose_telling, play
from worlds import NAMES

from evaluators.ranking.adaptive import pick_pairs
from evaluators.ranking.bradley_terry import rank_counselors
from evaluators.ranking.comparisons import Comparisons, Outcome, collect, find_islands

SPREAD = np.linspace(1.5, -1.5, SIZE)
ROOM = np.full((SIZE, SIZE), 60.0)


def nothing_known(size: int = SIZE) -> Comparisons:
    return collect([], NAMES[:size])


def test_the_first_picks_connect_everybody() -> None:
    picked = pick_pairs(nothing_known(), ROOM, SIZE - 1)
    played = np.zeros((SIZE, SIZE))
    for i, j in picked:
        played[i, j] = played[j, i] = 1
    assert find_islands(played, NAMES[:SIZE]) == [NAMES[:SIZE]]


def test_islands_are_linked_before_anything_else() -> None:
    rows = [Outcome("x", "a", "b", 1.0)] * 3 + [Outcome("x", "c", "d", 1.0)] * 3
    picked = pick_pairs(collect(rows, NAMES[:4]), ROOM[:4, :4], 1)
    assert [{i, j} & {0, 1} != set() != {i, j} & {2, 3} for i, j in picked] == [True]


def test_no_pair_is_picked_oftener_than_there_is_room() -> None:
    room = np.zeros((3, 3))
    room[0, 1] = room[1, 0] = 2
    room[1, 2] = room[2, 1] = 1
    assert sorted(pick_pairs(nothing_known(3), room, 10)) == [(0, 1), (0, 1), (1, 2)]
    assert room[0, 1] == 2, "the caller's table is left as it was"


def test_neighbours_meet_more_often_than_counselors_far_apart() -> None:
    near, far = 0.0, 0.0
    for seed in range(10):
        played = play(np.random.default_rng(seed), SPREAD, 300, choose_telling).played
        near += np.diagonal(played, 1).mean()
        far += np.diagonal(played, 5).mean()
        assert len(find_islands(played, NAMES[:SIZE])) == 1
    assert near > 2 * far


def test_one_budget_finds_the_order_of_unequal_counselors_sooner() -> None:
    def count_errors(choose: Choose) -> float:
        wrong = []
        for seed in range(30):
            world = play(np.random.default_rng(seed), SPREAD, 168, choose)
            assert world.played.sum() == 2 * 168
            ranked = rank_counselors(world, fits=10).ranked
            places = [NAMES.index(row.counselor) for row in ranked]
            wrong.append(sum(one > other for n, one in enumerate(places) for other in places[n:]))
        return float(np.mean(wrong))

    assert count_errors(choose_telling) < count_errors(choose_alike)


def test_the_same_outcomes_lead_to_the_same_picks() -> None:
    known = play(np.random.default_rng(3), SPREAD, 100, choose_telling)
    assert pick_pairs(known, ROOM, 16) == pick_pairs(known, ROOM, 16)
