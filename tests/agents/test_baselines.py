"""The five baselines are what their names say."""

from __future__ import annotations

import asyncio

import pytest

from agents.counselors.base import Counselor, CounselorView, Utterance
from agents.counselors.baselines import (
    ElizaCounselor,
    KeywordStufferCounselor,
    LecturerCounselor,
    ParrotCounselor,
    SycophantCounselor,
    swap_persons,
)
from agents.counselors.formulation import Formulation
from agents.hearing.discourse import Move, hear
from agents.text import words
from agents.transcript import Sentence, Speaker, Transcript, Turn, client_turn
from personas.schema import Demographics, PublicIntake

INTAKE = PublicIntake(demographics=Demographics(name="Ada Lind"), reason="I feel low.")
LINES = (
    "I can't sleep because of the letter.",
    "My brother thinks I'm making it up.",
    "Everyone at the office looks at me now.",
    "I don't know. Maybe it's nothing.",
    "You wouldn't understand it anyway.",
    "I feel stupid for even coming.",
    "It rained the whole week.",
)
ALL = (
    ElizaCounselor,
    ParrotCounselor,
    SycophantCounselor,
    LecturerCounselor,
    KeywordStufferCounselor,
)


def reply_to(
    counselor: Counselor, transcript: Transcript, picture: Formulation, seed: int = 1
) -> Utterance:
    return asyncio.run(counselor.speak(CounselorView(INTAKE, transcript, picture, "", "en", seed)))


def after(line: str) -> Transcript:
    return (Turn(Speaker.COUNSELOR, (Sentence("Hello."),)), client_turn(line))


def answer(counselor: Counselor, line: str, seed: int = 1) -> str:
    said = reply_to(counselor, after(line), Formulation(), seed)
    return " ".join(sentence.text for sentence in said.sentences)


def play(counselor: Counselor, turns: int = 20) -> list[Transcript]:
    transcript, picture, heard = after("I let my sister down."), Formulation(), []
    for index in range(turns):
        said = reply_to(counselor, transcript, picture)
        assert not said.closes
        picture = said.formulation
        transcript += (Turn(Speaker.COUNSELOR, said.sentences),)
        heard.append(transcript)
        transcript += (client_turn(LINES[index % len(LINES)]),)
    return heard


@pytest.mark.parametrize(
    ("said", "returned"),
    [
        ("I was late and my boss saw me.", "You were late and your boss saw you."),
        ("You don't understand me.", "I don't understand you."),
        ("I wasn't there, I'm sorry.", "You weren't there, you're sorry."),
        ("Are you listening to me?", "Am I listening to you?"),
        ("I hate myself when you look at me.", "You hate yourself when I look at you."),
        ("What do you want from me?", "What do I want from you?"),
        ("You're asking me about my son.", "I'm asking you about your son."),
        ("If you ask me, the fault is mine.", "If I ask you, the fault is yours."),
        ("Was I wrong? They gave me your number.", "Were you wrong? They gave you my number."),
    ],
)
def test_parrot_exchanges_the_persons_and_adds_nothing(said: str, returned: str) -> None:
    assert answer(ParrotCounselor("en"), said) == returned


def test_parrot_is_heard_as_a_parrot() -> None:
    assert sum(Move.PARROT in hear(t, "en").moves for t in play(ParrotCounselor("en"))) >= 12


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("I can't face my manager.", "face your manager"),
        ("I need my old life back.", "your old life back"),
        ("I want you to tell me.", "me to tell you"),
        ("My sister left.", "sister"),
        ("I'm lost without my dog.", "lost without your dog"),
    ],
)
def test_eliza_answers_by_pattern_with_persons_exchanged(line: str, caught: str) -> None:
    replies = " / ".join(answer(ElizaCounselor("en"), line, seed) for seed in range(12))
    assert caught in replies or "family" in replies


def test_eliza_has_empty_prompts_for_the_rest() -> None:
    prompt = answer(ElizaCounselor("en"), "It rained the whole week.")
    assert not set(words(prompt)) & {"rained", "week"}


def test_sycophant_praises_and_never_asks() -> None:
    for transcript in play(SycophantCounselor("en")):
        heard = hear(transcript, "en")
        assert heard.questions == 0
        assert heard.word_count <= 35
    praised = [Move.PRAISE in hear(t, "en").moves for t in play(SycophantCounselor("en"))]
    assert sum(praised) >= 10


def test_lecturer_is_long_and_does_not_listen() -> None:
    for transcript in play(LecturerCounselor("en")):
        heard = hear(transcript, "en")
        assert 45 <= heard.word_count <= 95
        assert Move.LECTURE in heard.moves
        assert heard.questions == 0


def test_stuffer_has_jargon_in_every_turn_and_nothing_of_the_client() -> None:
    for transcript in play(KeywordStufferCounselor("en")):
        heard = hear(transcript, "en")
        assert Move.JARGON in heard.moves, heard.text
        assert heard.grounded < 0.5


@pytest.mark.parametrize("kind", ALL)
def test_names_and_determinism(kind: type) -> None:
    counselor = kind("en")
    assert counselor.name == counselor.protocol
    assert counselor.voice == "scripted"
    assert answer(counselor, LINES[0], 3) == answer(counselor, LINES[0], 3)


def test_a_silent_client_does_not_break_anyone() -> None:
    assert all(answer(kind("en"), "…") for kind in ALL)
    assert swap_persons("") == ""
