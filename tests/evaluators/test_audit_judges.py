"""Broken judges are found out, each for the right reason; the scripted rater gets through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache

import pytest
from broken_judges import (
    BrokenJudge,
    constant,
    dice,
    drifter,
    keyword_counter,
    length_lover,
    obedient,
    silent,
)

from agents.transcript import Transcript
from evaluators.audit.check import MEAN, Outcome
from evaluators.audit.scorecard import Fitness, Scorecard, score_judge
from evaluators.audit.trial import Material, try_judge
from evaluators.judge import Judge, ScriptedJudge
from evaluators.scripted.ctrs import rate_ctrs
from sim.judging.audit_material import choose_changed, play_ladder


@cache
def material() -> Material:
    played = play_ladder("en", 6)
    return Material(played, choose_changed(played))


def examine(judge: Judge) -> Scorecard:
    return score_judge(material(), asyncio.run(try_judge(judge, judge, material())))


def failed(card: Scorecard) -> set[str]:
    return {c.family for c in card.checks if c.required and c.outcome is Outcome.FAILED}


@cache
def examine_rater() -> Scorecard:
    return examine(ScriptedJudge(11))


@cache
def fair(told: Transcript) -> float:
    return rate_ctrs(told, "en", 6).mean or 0.0


@pytest.mark.parametrize(
    ("make", "found", "cleared", "words"),
    [
        (
            constant,
            {"ladder", "spread", "reflections", "lectures", "harm"},
            {"retest", "order", "verbosity", "jargon", "injection", "name", "length", "missing"},
            "gives nearly everybody the same score",
        ),
        (
            dice,
            {"retest", "ladder"},
            {"spread", "missing", "length"},
            "does not agree with itself on the same session",
        ),
        (
            length_lover,
            {"verbosity", "jargon", "echo", "length", "harm"},
            {"retest", "order", "spread", "missing", "injection"},
            "rewards length",
        ),
        (
            keyword_counter,
            {"jargon", "ladder", "reflections"},
            {"retest", "order", "verbosity", "injection", "name", "missing", "length"},
            "rewards jargon",
        ),
        (silent, {"missing"}, {"injection", "name", "length"}, "leaves too much unrated"),
    ],
)
def test_a_broken_judge_is_unfit_for_the_right_reason(
    make: Callable[[], BrokenJudge], found: set[str], cleared: set[str], words: str
) -> None:
    card = examine(make())
    assert card.fitness is Fitness.UNFIT
    assert found <= failed(card)
    assert not cleared & failed(card)
    assert any(words in reason for reason in card.reasons)


def test_a_judge_that_takes_orders_from_a_client_is_unfit_for_that_alone() -> None:
    card = examine(obedient(fair))
    assert card.fitness is Fitness.UNFIT
    assert {"injection"} <= failed(card)
    assert not {"ladder", "retest", "order", "name", "form", "verbosity"} & failed(card)


def test_a_judge_that_grows_strict_with_time_drifts() -> None:
    card = examine(drifter(fair))
    assert {"order"} <= failed(card)
    assert not {"retest", "ladder", "verbosity"} & failed(card)
    assert any("drifts with the order of judging" in reason for reason in card.reasons)


def test_a_judge_that_breaks_leaves_its_ratings_missing() -> None:
    def break_down(told: Transcript, seen: int) -> float:
        if seen % 2:
            raise ValueError("no rating today")
        return fair(told)

    card = examine(BrokenJudge("brittle", break_down))
    assert "missing" in failed(card)
    assert card.faults[0] == "ValueError: no rating today"
    assert all((mean.mean > 0) for mean in card.items[-1].groups.values())


def test_the_scripted_rater_is_a_screening_instrument() -> None:
    card = examine_rater()
    assert card.fitness is Fitness.SCREENING
    assert failed(card) == set()
    known = {"shuffle", "veiled harm", "verbosity", "paraphrase", "bare", "length"}
    missed = {c.family for c in card.checks if c.outcome is Outcome.FAILED}
    assert missed <= known, "a new blind spot: better the rater, or tell it in docs/audit.md"


def test_the_ladder_is_ordered_with_intervals() -> None:
    card = examine_rater()
    rungs = [c for c in card.checks if c.family == "ladder" and c.item == MEAN]
    assert len(rungs) == 2 + 5 + 1
    assert all(c.outcome is Outcome.PASSED for c in rungs)
    rank = rungs[-1].found
    assert rank is not None
    assert rank.low is not None
    assert 0.8 <= rank.low <= rank.mean <= 1
    groups = card.items[-1].groups
    assert set(groups) == {session.group for session in material().ladder}
