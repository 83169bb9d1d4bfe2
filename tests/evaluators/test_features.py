from __future__ import annotations

import pytest
from ladder import ALTERNATIVE, DEFENSE, ELIZA, LECTURER, PARROT, PLAIN, play

from agents.transcript import Speaker, Transcript
from evaluators.scripted.features import Act, extract
from evaluators.scripted.numbers import last_number, stated_ratings


def turns_with(transcript: Transcript, act: Act) -> list[int]:
    return [piece.turn for piece in extract(transcript, "en").acts.get(act, ())]


def test_parroting_is_copying_and_not_understanding() -> None:
    seen = extract(play(PARROT), "en")
    assert seen.share(Act.COPIED) > 0.8
    assert seen.share(Act.RESTATED, Act.FELT) < 0.2


def test_advice_before_any_thought_is_early() -> None:
    assert Act.ADVISED_EARLY in extract(play(PLAIN), "en").acts
    assert Act.ADVISED_EARLY not in extract(play(ALTERNATIVE), "en").acts


def test_cognitive_work_needs_an_answer() -> None:
    seen = extract(play(DEFENSE), "en")
    for act in (Act.THOUGHT, Act.MEANING, Act.FOR, Act.AGAINST, Act.RECAST, Act.CONCLUDED):
        assert act in seen.acts, act
    assert seen.drop == 35
    assert Act.WEIGHED not in extract(play(ELIZA), "en").acts


def test_a_refusal_met_softly_is_repaired_and_met_hard_is_pressed() -> None:
    assert Act.REPAIRED in extract(play(DEFENSE), "en").acts
    assert Act.PRESSED not in extract(play(DEFENSE), "en").acts
    assert Act.PRESSED in extract(play(LECTURER), "en").acts


def test_acts_of_the_client_are_quoted_from_the_client() -> None:
    transcript = play(DEFENSE)
    for act in (Act.CONCLUDED, Act.AGREED, Act.SHIFTED):
        assert turns_with(transcript, act)
        assert all(transcript[i].speaker is Speaker.CLIENT for i in turns_with(transcript, act))


def test_shares_are_between_nothing_and_all() -> None:
    seen = extract(play(ALTERNATIVE), "en")
    assert all(0 <= seen.share(act) <= 1 for act in Act)
    assert seen.share(*Act) == 1.0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Ninety? It's lower now. Maybe seventy.", 70),
        ("Eighty-five. It's just a fact.", 85),
        ("About 60, I'd say.", 60),
        ("A hundred.", 100),
        ("No idea.", None),
        ("It was 1998.", None),
    ],
)
def test_numbers_in_words_and_digits(text: str, number: float | None) -> None:
    assert last_number(text, "en") == number


def test_only_answers_to_rating_questions_are_ratings() -> None:
    transcript = play(
        """
        C: How true does it feel, from one to ten?
        K: Eight.
        C: What happened then?
        K: There were forty people and I left.
        C: Out of ten, how true is it now?
        K: Four, maybe.
        """
    )
    assert stated_ratings(transcript, "en") == [(1, 80), (5, 40)]
