"""The plain listener: supportive, without method, with early tips, and with an end."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise

import pytest

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.formulation import Formulation
from agents.counselors.plain import PlainCounselor
from agents.hearing.discourse import Move, classify, hear
from agents.phrasebook import load_phrases, parse_tagged
from agents.text import words
from agents.transcript import Sentence, Speaker, Strategy, Transcript, Turn, client_turn
from personas.schema import Demographics, PublicIntake

INTAKE = PublicIntake(demographics=Demographics(name="Mina Okoro"), reason="I feel low.")
LINES = (
    "My sister stopped calling me after the funeral.",
    "I sit in the kitchen until two most nights.",
    "Nobody at work knows, and I like it that way.",
    "Fine.",
    "I'm tired of pretending that it's all right.",
    "She took the piano and I never said a word.",
    "They all look at me as if I were made of glass.",
)
SLOTS = {"echo": "you sit in the kitchen", "clause": "you sit in the kitchen", "name": "Mina"}


def begin() -> Transcript:
    greeting = Turn(Speaker.COUNSELOR, (Sentence("Hello Mina, what brings you here?"),))
    return (greeting, client_turn("I don't sleep, and it's not getting better."))


def speak(transcript: Transcript, picture: Formulation, seed: int) -> Utterance:
    view = CounselorView(INTAKE, transcript, picture, "", "en", seed)
    return asyncio.run(PlainCounselor("en").speak(view))


def play(lines: tuple[str, ...], seed: int) -> tuple[Transcript, bool]:
    transcript, picture = begin(), Formulation()
    for index in range(30):
        utterance = speak(transcript, picture, seed)
        picture = utterance.formulation
        transcript += (Turn(Speaker.COUNSELOR, utterance.sentences),)
        if utterance.closes:
            return transcript, True
        transcript += (client_turn(lines[index % len(lines)]),)
    return transcript, False


def test_every_sentence_carries_a_strategy() -> None:
    for key, templates in load_phrases("plain", "en").items():
        for template in templates:
            sentences = parse_tagged(template.format_map(SLOTS))
            assert all(isinstance(s.strategy, Strategy) for s in sentences), (key, template)


def test_tips_are_heard_as_advice_and_repairs_as_negotiation_or_question() -> None:
    bank = load_phrases("plain", "en")
    for template in bank["tip.any"]:
        assert any(Move.ADVICE in classify(s.text, "en")[0] for s in parse_tagged(template)), (
            template
        )
    for template in bank["say.repair"]:
        tags = {s.strategy for s in parse_tagged(template)}
        assert tags & {Strategy.NEGOTIATE, Strategy.QUESTION}, template


@pytest.mark.parametrize("seed", range(6))
def test_session_has_no_repeats_one_question_a_turn_and_a_polite_end(seed: int) -> None:
    transcript, closed = play(LINES, seed)
    own = [turn for turn in transcript[2:] if turn.speaker is Speaker.COUNSELOR]
    spoken = Counter(sentence.text for turn in own for sentence in turn.sentences)
    assert closed
    assert 16 <= len(own) <= 18
    assert max(spoken.values()) == 1
    assert "Mina" in own[-1].text
    for index in range(2, len(transcript), 2):
        assert hear(transcript[: index + 1], "en").questions <= 1
        assert len(words(transcript[index].text)) <= 30


def test_no_tip_before_the_fifth_turn_and_every_other_turn_after_it() -> None:
    transcript, _ = play(LINES, 3)
    own = [turn for turn in transcript[2:] if turn.speaker is Speaker.COUNSELOR]
    tips = [any(s.strategy is Strategy.SUGGESTION for s in turn.sentences) for turn in own]
    assert not any(tips[:4])
    assert tips[4:14] == [True, False] * 5


def test_refusal_is_acknowledged_once_and_not_twice_running() -> None:
    refusing = ("I'd rather not talk about that.",)
    transcript, _ = play(refusing, 2)
    repairs = {parse_tagged(text)[0].text for text in load_phrases("plain", "en")["say.repair"]}
    said = [turn.sentences[0].text in repairs for turn in transcript[4::2]]
    assert said[0]
    assert not any(now and then for now, then in pairwise(said))


def test_equal_views_give_equal_words() -> None:
    assert speak(begin(), Formulation(), 4) == speak(begin(), Formulation(), 4)
