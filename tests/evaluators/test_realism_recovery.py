"""Blind recovery: readers find what shows, nothing where nothing shows, and call recitation a leak."""

from __future__ import annotations

import random

from agents.transcript import client_turn
from evaluators.realism.findings import Finding
from evaluators.realism.recovery import (
    Recovery,
    guess_by_learning,
    guess_distortion,
    make_case,
    recited,
)
from evaluators.realism.reference import Judged
from evaluators.realism.session import Session
from personas.schema import Attitude, Distortion

FORM = "I keep losing my keys on the way to work. It started when my brother moved out."
PLAIN = ("I sat in the car.", "Nothing much.", "We talked about the house.", "It was late.")
SHOWS = {
    Attitude.POSITIVE: "Happy to go into that.",
    Attitude.NEUTRAL: "I suppose that is so.",
    Attitude.NEGATIVE: "I see no point in this.",
}


def make_sessions(*, loud: float, form_text: str = "") -> list[Session]:
    """Ninety sessions on thirty forms; a share of `loud` shows the attitude in its words."""
    draw = random.Random(5)
    sessions = []
    for number in range(90):
        attitude = draw.choice(list(Attitude))
        shown = (SHOWS[attitude],) if draw.random() < loud else ()
        texts = (*draw.sample(PLAIN, 3), *shown)
        sessions.append(
            Session(
                str(number), tuple(map(client_turn, texts)), "en", form=str(number % 30),
                form_text=form_text, attitude=attitude,
            )
        )  # fmt: skip
    return sessions


def find(sessions: list[Session]) -> dict[str, Finding]:
    recovery = Recovery()
    for session in sessions:
        recovery.add(session)
    return {finding.name: finding for finding in recovery.findings()}


def test_what_is_always_said_is_too_easy() -> None:
    found = find(make_sessions(loud=1.0))["attitude"]
    assert found.value == 1.0
    assert found.verdict is Judged.LEAK


def test_what_is_sometimes_said_can_be_read() -> None:
    found = find(make_sessions(loud=0.5))["attitude"]
    assert found.verdict is Judged.READABLE
    assert found.reference.low is not None
    assert 0.33 <= found.reference.low < 0.5


def test_what_is_never_said_is_like_chance() -> None:
    assert find(make_sessions(loud=0.0))["attitude"].verdict is Judged.CHANCE


def test_a_form_is_not_learnt_from_itself() -> None:
    """Each form has words of its own and one truth: learnt from itself it would be all right."""
    cases = [
        make_case(str(form), [f"word{form}a word{form}b"], "ab"[form % 2])
        for form in range(20)
        for _ in range(3)
    ]
    guesses = guess_by_learning(cases)
    right = sum(guess == case.truth for guess, case in zip(guesses, cases, strict=True))
    assert right < len(cases) * 0.7
    assert guess_by_learning(cases[:1]) == [None]


def test_a_client_that_recites_its_form_leaks() -> None:
    quiet = find(make_sessions(loud=0.0, form_text=FORM))
    assert quiet["form_recited"].value == 0
    assert quiet["form_recited"].verdict is Judged.MET
    loud = [
        Session(str(n), (client_turn(FORM),), "en", form=str(n), form_text=FORM) for n in range(4)
    ]
    found = find(loud)["form_recited"]
    assert found.value == 1.0
    assert found.verdict is Judged.LEAK


def test_hidden_beliefs_told_at_once_leak() -> None:
    secret = "I ruin everything that anybody gives me."
    later = tuple(map(client_turn, (*PLAIN, secret)))
    early = tuple(map(client_turn, (secret, *PLAIN)))
    patient = find([Session("a", later, "en", secrets=(secret,))])
    hasty = find([Session("a", early, "en", secrets=(secret,))])
    assert patient["secrets_recited"].value == hasty["secrets_recited"].value == 1.0
    assert patient["secrets_at_once"].verdict is Judged.MET
    assert hasty["secrets_at_once"].verdict is Judged.LEAK


def test_short_lines_come_up_by_chance() -> None:
    assert recited(["I am sad. I lost my job at the bakery in town."], ["I am sad."]) == (0, 1)
    assert recited(["我今天又把事情搞砸了。"], ["是啊，我今天又把事情搞砸了，没办法。"]) == (1, 1)


def test_the_textbook_is_heard() -> None:
    texts = ("I think I'm catastrophizing again.", "I keep blaming myself.")
    found = find([Session("a", tuple(map(client_turn, texts)), "en")])["jargon"]
    assert found.value == 0.5
    assert found.verdict is Judged.HIGH


def test_a_distortion_is_guessed_from_its_cues() -> None:
    texts = ["They all think I'm an idiot.", "I could tell what he was thinking."]
    assert guess_distortion(texts, "en") is Distortion.MIND_READING
    assert guess_distortion(["We talked about the house."], "en") is None
