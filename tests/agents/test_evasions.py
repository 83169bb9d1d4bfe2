"""A message beside the point is no fairer sentence, however long it is."""

from __future__ import annotations

import pytest

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.supervisor import observe
from agents.transcript import Sentence, Speaker, Turn, client_turn
from personas.schema import Demographics, Language, PublicIntake

ASKED = {"en": "How would you put it now, in your own words?", "zh": "用您自己的话，现在会怎么说？"}


def shifted(said: str, language: Language) -> bool:
    thought = "they'll have the lot off me now" if language == "en" else "他们都在等我出错"
    view = CounselorView(
        PublicIntake(demographics=Demographics(name="Vonnie", age=55), reason="Bills."),
        (
            client_turn("There's some bills."),
            Turn(Speaker.COUNSELOR, (Sentence(ASKED[language]),)),
            client_turn(said),
        ),
        Formulation(channels=(Channel(thought, rating_before=85),), attempts=1),
        "verdict",
        language,
        3,
    )
    return observe(view).shifted


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Sorry, I was looking at your plant. Is that one of those that never flower?", "en"),
        ("Never mind that. Have you been here long, in this building?", "en"),
        ("You make it sound as if I'd done something.", "en"),
        ("Oh, you know. Ups and downs, like everyone.", "en"),
        ("原则上这是个已知现象吧。", "zh"),
        ("今天地铁挤得，我差点没上来。", "zh"),
    ],
)
def test_an_evasion_is_no_fairer_sentence(said: str, language: Language) -> None:
    assert not shifted(said, language)


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("It's a lot of money, and they cut it to twenty a week when I rang.", "en"),
        ("有人在等，也有人来问我要表。", "zh"),
    ],
)
def test_a_statement_is(said: str, language: Language) -> None:
    assert shifted(said, language)
