from __future__ import annotations

import pytest
from ladder import DEFENSE, ELIZA, play

from agents.transcript import Speaker, Transcript, Turn, client_turn
from evaluators.panas import (
    NEGATIVE,
    POSITIVE,
    mind_reading,
    panas_means,
    panas_sums,
    report_from_mind,
)
from evaluators.scale import load_scale
from evaluators.scripted.panas_observer import observe
from evaluators.verdict import PanasReading
from personas.builtin import load_builtin
from personas.schema import Attitude, Distortion, Persona

WORDS = [item.id for item in load_scale("panas").items]


def score_of(reading: PanasReading, word: str) -> int:
    score = reading.scores[WORDS.index(word)]
    assert score is not None
    return score


def persona_with(distortion: Distortion, attitude: Attitude = Attitude.NEUTRAL) -> Persona:
    persona = load_builtin("en")[0]
    thoughts = tuple(
        thought.model_copy(update={"distortion": distortion, "strength": 90})
        for thought in persona.profile.thoughts
    )
    profile = persona.profile.model_copy(update={"thoughts": thoughts})
    return persona.model_copy(update={"profile": profile, "attitude": attitude})


def test_sums_and_means_of_a_hand_computed_case() -> None:
    # Positive words all 2 except the first (5): 23. Negative words all 4 except the last (1): 37.
    scores: list[int | None] = [2 if i in POSITIVE else 4 for i in range(20)]
    scores[0], scores[19] = 5, 1
    reading = PanasReading("self", tuple(scores))
    assert panas_sums(reading) == (23, 37)
    assert panas_means(reading) == (2.3, 3.7)


def test_a_missing_word_makes_its_half_missing_and_not_the_other() -> None:
    scores: list[int | None] = [3] * 20
    scores[NEGATIVE[0]] = None
    assert panas_sums(PanasReading("self", tuple(scores))) == (30, None)
    assert panas_means(PanasReading("self", tuple(scores))) == (3.0, None)


@pytest.mark.parametrize(
    ("distress", "hope", "positive", "negative"), [(75, 25, 21, 34), (25, 65, 32, 18)]
)
def test_the_mind_reading_meets_published_levels(
    distress: float, hope: float, positive: float, negative: float
) -> None:
    for persona in load_builtin("en"):
        sums = panas_sums(mind_reading(distress, hope, 0, persona))
        assert sums == pytest.approx((positive, negative), abs=1)


def test_readings_follow_distress_and_hope_step_by_step() -> None:
    persona = load_builtin("en")[0]
    negatives = [panas_sums(mind_reading(d, 50, 0, persona))[1] or 0 for d in range(0, 101, 10)]
    positives = [panas_sums(mind_reading(50, h, 0, persona))[0] or 0 for h in range(0, 101, 10)]
    assert negatives == sorted(negatives)
    assert positives == sorted(positives)
    assert negatives[0] == 10
    assert all(1 <= (score or 0) <= 5 for score in mind_reading(100, 100, 100, persona).scores)


def test_the_profile_of_the_thoughts_colours_the_words() -> None:
    ashamed = mind_reading(60, 40, 0, persona_with(Distortion.PERSONALIZATION))
    afraid = mind_reading(60, 40, 0, persona_with(Distortion.CATASTROPHIZING))
    angry = mind_reading(60, 40, 0, persona_with(Distortion.BLAMING))
    for word in ("guilty", "ashamed"):
        assert score_of(ashamed, word) > score_of(afraid, word)
    assert sum(score_of(afraid, w) for w in ("scared", "afraid", "nervous")) > sum(
        score_of(ashamed, w) for w in ("scared", "afraid", "nervous")
    )
    assert score_of(angry, "hostile") > score_of(ashamed, "hostile")


def test_tension_shows_as_irritation() -> None:
    persona = persona_with(Distortion.PERSONALIZATION)
    calm, tense = mind_reading(60, 40, 0, persona), mind_reading(60, 40, 100, persona)
    assert score_of(tense, "irritable") + score_of(tense, "hostile") > score_of(
        calm, "irritable"
    ) + score_of(calm, "hostile")


def test_the_self_report_is_repeatable_and_paired() -> None:
    persona = load_builtin("en")[0]
    first = report_from_mind(60, 40, 10, persona, 3, "before")
    assert first == report_from_mind(60, 40, 10, persona, 3, "before")
    assert first.reader == "self"
    again = report_from_mind(60, 40, 10, persona, 3, "after")
    changed = [a != b for a, b in zip(first.scores, again.scores, strict=True)]
    other = report_from_mind(60, 40, 10, persona, 4, "before")
    differing = [a != b for a, b in zip(first.scores, other.scores, strict=True)]
    assert sum(changed) < sum(differing)


def test_negative_clients_report_guardedly() -> None:
    frank, guarded = (
        report_from_mind(80, 40, 0, persona_with(Distortion.LABELING, attitude), 1, "before")
        for attitude in (Attitude.NEUTRAL, Attitude.NEGATIVE)
    )
    assert (panas_sums(guarded)[1] or 0) < (panas_sums(frank)[1] or 0)


def monologue(*texts: str) -> Transcript:
    turns: list[Turn] = []
    for text in texts:
        turns += [Turn(Speaker.COUNSELOR, client_turn("How are you?").sentences), client_turn(text)]
    return tuple(turns)


def test_the_observer_hears_a_client_brighten() -> None:
    dark = "I'm ashamed and scared, I lie awake and it's hopeless."
    bright = "It's easier now, I slept. I'd like to try the other line, I'm curious."
    transcript = monologue(dark, dark, dark, "Hm.", "Well.", "So.", bright, bright, bright)
    before, after = observe(transcript, "en", "before"), observe(transcript, "en", "after")
    assert before.reader == "observer"
    assert (panas_sums(before)[1] or 0) > (panas_sums(after)[1] or 50) + 5
    assert (panas_sums(before)[0] or 50) + 5 < (panas_sums(after)[0] or 0)
    assert score_of(before, "ashamed") > score_of(before, "hostile")


def test_the_observer_takes_denied_feelings_as_denied() -> None:
    said, denied = "I'm angry about it.", "I'm not angry about it."
    loud, calm = (observe(monologue(*[text] * 9), "en", "before") for text in (said, denied))
    assert score_of(loud, "irritable") > score_of(calm, "irritable")


def test_the_observer_sees_more_change_where_work_was_done() -> None:
    def relief(script: str) -> float:
        before, after = (observe(play(script), "en", moment) for moment in ("before", "after"))
        return (panas_sums(before)[1] or 0) - (panas_sums(after)[1] or 0)

    assert relief(DEFENSE) > relief(ELIZA)


def test_too_few_client_turns_are_missing_not_neutral() -> None:
    reading = observe(monologue("I'm sad.", "Yes.", "No."), "en", "after")
    assert reading.scores == (None,) * 20
    assert panas_sums(reading) == (None, None)
