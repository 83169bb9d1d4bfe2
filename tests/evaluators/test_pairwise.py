"""Two sessions compared by rules, and what both orders come to."""

from __future__ import annotations

import asyncio
from itertools import combinations

import pytest
from ladder import LADDER, play

from evaluators.pairwise import MARGIN, Choice, Preference, ScriptedPairJudge, agree, settle
from evaluators.ranking.position import Shown, measure_positions
from evaluators.scripted.ctrs import rate_ctrs

SESSIONS = tuple(map(play, LADDER.values()))
TOLD: list[Choice | None] = ["first", "second", "tie", None]


def prefer(choice: Choice | None) -> Preference:
    return Preference(choice, "because")


def test_the_scripted_judge_goes_by_the_ctrs_and_ties_within_the_margin() -> None:
    seen = set()
    for one, other in combinations(SESSIONS, 2):
        found = asyncio.run(ScriptedPairJudge().compare(one, other, "en"))
        gap = (rate_ctrs(one, "en").mean or 0) - (rate_ctrs(other, "en").mean or 0)
        expected = "tie" if abs(gap) < MARGIN else "first" if gap > 0 else "second"
        assert found.choice == expected
        turned = asyncio.run(ScriptedPairJudge().compare(other, one, "en"))
        assert agree(found, turned) is True
        seen.add(expected)
    assert seen == {"tie", "first", "second"}


def test_a_session_too_short_to_be_rated_is_missing_and_no_tie() -> None:
    found = asyncio.run(ScriptedPairJudge().compare(SESSIONS[0], SESSIONS[1][:3], "en"))
    assert found.choice is None
    assert "too short" in found.reason
    assert settle(found, prefer("second")) is None


@pytest.mark.parametrize("forward", TOLD)
@pytest.mark.parametrize("backward", TOLD)
def test_only_an_answer_that_survives_the_turn_is_a_win(
    forward: Choice | None, backward: Choice | None
) -> None:
    wins = {("first", "second"): 1.0, ("second", "first"): 0.0}
    won = settle(prefer(forward), prefer(backward))
    if forward is None or backward is None:
        assert won is None
    else:
        assert won == wins.get((forward, backward), 0.5)


def show(judge: str, client: int, forward: Choice | None, backward: Choice | None) -> Shown:
    return Shown(judge, f"c{client}", prefer(forward), prefer(backward))


def test_position_is_told_by_judge() -> None:
    fair = [show("fair", n, "first", "second") for n in range(20)]
    blind = [show("blind", n, "first", "first") for n in range(15)]
    blind += [show("blind", n, "second", "first") for n in range(5)]
    blind.append(show("blind", 0, None, "first"))
    found = {row.judge: row for row in measure_positions([*fair, *blind])}
    even, biased = found["fair"], found["blind"]
    assert even.consistency is not None
    assert even.first is not None
    assert (even.consistency.value, even.consistency.high) == (1.0, 1.0)
    assert 0.7 < (even.consistency.low or 0) < 1.0
    assert even.first.value == 0.5
    assert biased.consistency is not None
    assert biased.first is not None
    assert (biased.pairs, biased.missing) == (21, 1)
    assert biased.consistency.value == pytest.approx(5 / 20)
    assert biased.first.value == pytest.approx((15 * 2 + 5 + 1) / 41)
    assert (biased.first.low or 0) > 0.5
    (silent,) = measure_positions([show("silent", 0, None, None)])
    assert (silent.consistency, silent.first, silent.missing) == (None, None, 1)
