"""The scripted CRDial counselor: every question asks what its sub-stage is after, in tagged sentences."""

from __future__ import annotations

import asyncio

import pytest

from agents.counselors.base import CounselorView
from agents.counselors.crdial import CrdialCounselor, give_back
from agents.counselors.formulation import Channel, Formulation
from agents.hearing.discourse import Ask, classify
from agents.phrasebook import load_phrases, parse_tagged
from agents.transcript import Sentence, Speaker, Turn, client_turn
from personas.schema import Demographics, PublicIntake

SLOTS = {
    "name": "Ana",
    "echo": "you lie awake",
    "feeling": "tired",
    "thought": "it goes wrong for you",
    "other": "they find you slow",
    "third": "you are a fraud",
    "pattern": "one event standing for everything",
    "fact": "she asked you back",
    "balanced": "it went wrong once",
    "was": "it always goes wrong",
}
WANTED = {
    "at.situation": {Ask.STORY},
    "at.thought": {Ask.THOUGHT},
    "at.new": {Ask.THOUGHT},
    "at.feeling": {Ask.FEELING},
    "at.rating": {Ask.RATING},
    "ib.meaning": {Ask.MEANING},
    "cb.core": {Ask.CORE},
    "cb.other": {Ask.THOUGHT},
    "cb.name_two": {Ask.CHOICE},
    "cb.name_three": {Ask.CHOICE},
    "cb.name_one": {Ask.FEEDBACK},
    "cb.name_new": {Ask.FEEDBACK},
    "df.first": {Ask.EVIDENCE_FOR},
    "df.more": {Ask.EVIDENCE_FOR},
    "pr.exception": {Ask.EVIDENCE_AGAINST},
    "pr.else": {Ask.EVIDENCE_AGAINST},
    "pr.friend": {Ask.EVIDENCE_AGAINST},
    "pr.after": {Ask.EVIDENCE_AGAINST},
    "pr.more": {Ask.EVIDENCE_AGAINST},
    "vd.weigh": {Ask.ALTERNATIVE},
    "vd.again": {Ask.ALTERNATIVE},
    "vd.rate": {Ask.RATING},
    "vd.left": {Ask.ALTERNATIVE},
    "rp.lines": {Ask.NONE, Ask.OTHER},
    "cl.take_shifted": {Ask.PLAN},
    "cl.take_open": {Ask.PLAN},
    "cl.feedback": {Ask.FEEDBACK},
    "cl.goodbye": {Ask.NONE},
    "cl.cap": {Ask.NONE},
}


def _asks(template: str) -> list[Ask]:
    sentences = parse_tagged(template.format(**SLOTS))
    return [ask for s in sentences if (ask := classify(s.text, "en")[1]) is not Ask.NONE]


@pytest.mark.parametrize("key", sorted(WANTED))
def test_each_template_asks_one_thing_and_the_right_one(key: str) -> None:
    for template in load_phrases("crdial", "en")[key]:
        asks = _asks(template)
        assert len(asks) <= 1, template
        assert (asks[0] if asks else Ask.NONE) in WANTED[key], template


def test_every_step_is_covered() -> None:
    said = {
        key for key in load_phrases("crdial", "en") if not key.startswith(("words.", "feelings."))
    }
    keys = {key for key in said if not key.startswith("lead.")}
    assert keys == set(WANTED)


def test_every_sentence_carries_a_strategy() -> None:
    for key, templates in load_phrases("crdial", "en").items():
        for template in () if key.startswith(("words.", "feelings.")) else templates:
            for sentence in parse_tagged(template.format(**SLOTS)):
                assert sentence.strategy is not None, template


def _view(stage: str, formulation: Formulation, *client: str, seed: int = 3) -> CounselorView:
    turns: list[Turn] = []
    for said in client:
        turns.append(Turn(Speaker.COUNSELOR, (Sentence("What brings you here?"),)))
        turns.append(client_turn(said))
    intake = PublicIntake(demographics=Demographics(name="Ana Ruiz"), reason="Sleep.")
    return CounselorView(intake, tuple(turns), formulation, stage, "en", seed)


def _say(view: CounselorView) -> str:
    spoken = asyncio.run(CrdialCounselor("en").speak(view))
    return " ".join(sentence.text for sentence in spoken.sentences)


def test_equal_views_get_equal_words() -> None:
    view = _view("automatic_thoughts", Formulation(), "I burn every cake since March.")
    assert _say(view) == _say(view)


def test_prosecution_names_what_the_client_said_against_the_thought() -> None:
    channel = Channel(
        "I ruin every cake.",
        case_for=("It burned.",),
        case_against=("The vicar asked for seconds.",),
    )
    formulation = Formulation(channels=(channel,), attempts=1)
    said = [
        _say(_view("prosecution", formulation, "The vicar asked for seconds.", seed=seed))
        for seed in range(12)
    ]
    assert any("vicar" in text.lower() for text in said)


def test_closing_ends_after_its_last_line() -> None:
    formulation = Formulation(channels=(Channel("I fail."),), attempts=2)
    view = _view("closing", formulation, "Fine.")
    assert asyncio.run(CrdialCounselor("en").speak(view)).closes


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("Well. What comes is: they've found me out. It's stupid, I know.", "they've found you out"),
        ("That I'm past it.", "you're past it"),
        ("My dear, I put the phone down on her.", "you put the phone down on her"),
        ("I slipped once, so it'll happen again.", "you slipped once, so it'll happen again"),
    ],
)  # fmt: skip
def test_a_thought_is_given_back_in_the_second_person(said: str, given: str) -> None:
    assert give_back(said) == given
