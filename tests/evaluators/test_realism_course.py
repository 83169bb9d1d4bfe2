"""What is known beside the words: who stays, what is told when, who feels better."""

from __future__ import annotations

import random

import pytest

from agents.mind.gauge import Gauge
from evaluators.realism.course import Disclosures, Trajectories
from evaluators.realism.gain import Gains
from evaluators.realism.motivation import find_motivated_exactly
from evaluators.realism.reference import Judged, Reference
from evaluators.realism.session import Session
from evaluators.realism.survival import Curve, Hazards
from personas.builtin import load_builtin
from personas.schema import Attitude

# Freireich et al. 1963: weeks in remission under 6-MP (a trailing 0 marks censoring), and placebo.
SIX_MP = (
    *((6, True), (6, True), (6, True), (6, False), (7, True), (9, False), (10, True), (10, False)),
    *((11, False), (13, True), (16, True), (17, False), (19, False), (20, False), (22, True)),
    *((23, True), (25, False), (32, False), (32, False), (34, False), (35, False)),
)
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def test_kaplan_meier_equals_the_published_curve() -> None:
    """The intervals are those of lifelines 0.30 (Greenwood, log-log)."""
    curve = Curve()
    for week, ended in SIX_MP:
        curve.add(week, ended)
    stay = {week: round(curve.at(week).stay, 3) for week in (6, 7, 10, 13, 16, 22, 23)}
    assert stay == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert curve.at(6).interval == pytest.approx((0.619718, 0.951552), abs=1e-6)
    assert curve.at(23).interval == pytest.approx((0.188052, 0.680143), abs=1e-6)
    assert curve.at(5).interval is None
    assert curve.at(10).at_risk == 15


def test_the_hazard_ratio_agrees_with_cox() -> None:
    """Cox regression on the same data: 4.82 (2.15 to 10.81), by lifelines 0.30."""
    hazards = Hazards()
    for place, (week, ended) in enumerate(SIX_MP):
        hazards.add(f"a{place}", "any", Attitude.POSITIVE, week, ended)
    for place, week in enumerate(PLACEBO):
        hazards.add(f"b{place}", "any", Attitude.NEGATIVE, week, True)
    found = hazards.estimate()
    assert found is not None
    assert found.interval is not None
    assert found.ratio == pytest.approx(4.82, abs=0.01)
    assert found.interval == pytest.approx((2.15, 10.81), rel=0.05)
    assert (found.negative, found.positive) == (21, 9)


def test_there_is_no_ratio_without_drop_outs_on_both_sides() -> None:
    hazards = Hazards()
    hazards.add("a", "any", Attitude.NEGATIVE, 3, True)
    hazards.add("a", "any", Attitude.POSITIVE, 9, False)
    assert hazards.estimate() is None


def gauge(trust: float, *told: str, belief: float = 80) -> Gauge:
    return Gauge(1, trust, 50, 60, 20, (belief,), told, "answer")


def test_disclosures_are_timed_and_held_against_their_threshold() -> None:
    persona = load_builtin("en")[0]
    item = persona.profile.disclosures[0]
    trace = (gauge(99), gauge(99), gauge(item.trust - 10, "disclosure.0"))
    disclosures = Disclosures()
    disclosures.add(Session("a", (), "en", persona=persona, trace=trace))
    assert disclosures.too_early == 1
    told = disclosures.to_json()["tiers"]
    assert isinstance(told, dict)
    tier = next(part for part in told.values() if part["ever"])
    assert tier["by_5"] == tier["ever"] == 1 / tier["entries"]


def test_a_session_that_ended_keeps_its_last_value() -> None:
    course = Trajectories()
    course.add((gauge(30), gauge(40)))
    course.add((gauge(30), *(gauge(50) for _ in range(30)), gauge(60)))
    course.add(())
    assert course.n == 2
    assert course.mean("start", "trust") == 30
    assert course.mean("5", "trust") == 45
    assert course.mean("end", "trust") == 50


def test_motivation_by_the_mind() -> None:
    plan = Gauge(3, 50, 50, 50, 50, (70,), (), "plan")
    assert find_motivated_exactly((gauge(20), gauge(60, "balanced.0"))) == 2
    assert find_motivated_exactly((gauge(20), plan)) == 2
    assert find_motivated_exactly((gauge(20), gauge(60, "thought.0"))) is None


def make_gains(shift: float) -> Gains:
    """Thirty forms of very different gains; within a form the neutral client gains `shift` less."""
    draw, gains = random.Random(1), Gains()
    for form in range(30):
        base = draw.gauss(0, 20)
        for attitude, gain in (
            (Attitude.POSITIVE, base),
            (Attitude.NEUTRAL, base - shift - draw.random()),
        ):
            session = Session(
                f"{form}-{attitude}", (), "en", "any", str(form), attitude=attitude,
                pa_gain=gain, na_gain=0.0,
            )  # fmt: skip
            gains.add(session)
    return gains


def test_gains_are_compared_within_forms() -> None:
    gains = make_gains(1.0)
    found = gains.difference("any", Attitude.POSITIVE, Attitude.NEUTRAL)
    positive = gains.mean("any", Attitude.POSITIVE)
    assert found is not None
    assert positive is not None
    assert found.low is not None
    assert positive.low is not None
    assert found.mean == pytest.approx(1.5, abs=0.2)
    assert found.low > 1
    assert positive.mean - positive.low > 5
    assert gains.difference("any", Attitude.POSITIVE, Attitude.NEGATIVE) is None


def test_verdicts() -> None:
    human, target = Reference("46 %", 0.38, 0.52), Reference(low=2)
    assert human.judge(0.4) is Judged.LIKE_HUMAN
    assert human.judge(0.3) is Judged.LOW
    assert human.judge(0.6) is Judged.HIGH
    assert target.judge(43) is Judged.MET
    assert target.judge(None) is Judged.NO_REFERENCE
    assert Reference("70").judge(3) is Judged.NO_REFERENCE
