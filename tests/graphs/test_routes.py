"""The routing table of CRDial, row by row, on observed progress."""

from __future__ import annotations

import itertools

from agents.counselors.formulation import Channel, Formulation
from agents.counselors.supervisor import Progress
from graphs.crdial import ROUTES, Step, route
from graphs.state import SUB_STAGES

ONE = Channel("I ruin things.", case_for=("It broke.",), case_against=("It was mended.",))
OTHER = Channel("They find me slow.")
FORMULATION = Formulation(channels=(ONE, OTHER), tried=frozenset({0}), attempts=2)


def go(
    stage: str, formulation: Formulation = FORMULATION, left: int = 20, **progress: object
) -> Step:
    return route(stage, "defense", Progress(formulation, **{"done": True, **progress}), left)


def test_a_sub_stage_that_is_not_done_goes_on() -> None:
    for stage in SUB_STAGES:
        assert go(stage, done=False).target == stage


def test_the_sub_stages_follow_each_other() -> None:
    for stage, following in itertools.pairwise(SUB_STAGES):
        step = go(stage)
        assert step.target == following
        assert step.formulation.attempts == 0


def test_without_a_channel_there_is_nothing_to_restructure() -> None:
    assert go("core_beliefs", Formulation()).target == "closing"


def test_no_shift_with_thin_counter_evidence_goes_back_to_prosecution() -> None:
    step = go("verdict", thin="against")
    assert (step.target, step.formulation.returns) == ("prosecution", 1)
    assert step.reason == "no shift yet, counter-evidence thin"


def test_no_shift_with_a_thin_case_goes_back_to_defense() -> None:
    step = go("verdict", thin="for")
    assert (step.target, step.reason) == ("defense", "no shift yet, the case itself was thin")
    assert step.formulation.current == 0


def test_returns_are_bounded_then_the_next_channel_is_taken_up() -> None:
    tired = Formulation(channels=(ONE, OTHER), tried=frozenset({0}), returns=2)
    step = go("verdict", tired, thin="against")
    assert (step.target, step.formulation.current, step.formulation.returns) == ("defense", 1, 0)


def test_a_shift_moves_on_to_the_next_channel_and_then_closes() -> None:
    step = go("verdict", shifted=True)
    assert (step.target, step.formulation.current) == ("defense", 1)
    both = Formulation(channels=(ONE, OTHER), tried=frozenset({0, 1}))
    assert go("verdict", both, shifted=True).target == "closing"


def test_a_new_thought_loops_back_into_identification() -> None:
    assert go("verdict", shifted=True, new_thought="here").target == "core_beliefs"
    step = go("verdict", shifted=True, new_thought="elsewhere")
    assert step.target == "automatic_thoughts"
    assert step.formulation.rule == ""


def test_resistance_is_repaired_and_then_taken_up_where_it_was() -> None:
    assert go("prosecution", done=False, resisting=True).target == "repair"
    assert go("repair").target == "defense"


def test_a_client_who_keeps_resisting_is_not_pressed_for_ever() -> None:
    assert go("prosecution", done=True, resisting=True).target == "verdict"


def test_time_is_kept() -> None:
    assert go("defense", left=3).target == "closing"
    assert go("verdict", shifted=True, left=8).target == "closing"


def test_every_step_is_a_row_of_the_table() -> None:
    rows = {(source, reason) for source, _, reason in ROUTES} | {("any", "time is nearly up")}
    for stage in SUB_STAGES:
        for progress in (
            {},
            {"shifted": True},
            {"thin": "for"},
            {"thin": "against"},
            {"new_thought": "here"},
        ):
            reason = go(stage, **progress).reason
            assert any(why == reason for _, why in rows), (stage, reason)
