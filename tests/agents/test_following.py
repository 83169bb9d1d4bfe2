"""The client agrees with what it said, not with whatever the counselor says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents.hearing.discourse import hear
from agents.mind.agreement import is_true_to, turns_round
from agents.mind.state import begin
from agents.transcript import Sentence, Speaker, Turn, client_turn
from personas.builtin import load_builtin
from tests.agents.following import agrees, measure_following

PERSONAS = load_builtin("en")


def test_clients_do_not_follow_a_counselor_who_asserts_opposite_things() -> None:
    measured = measure_following(PERSONAS)
    assert measured.following <= 0.15
    assert measured.both <= 0.03
    assert measured.own >= 0.6


@pytest.mark.parametrize(
    ("statement", "turned"),
    [
        ("You shouldn't be behind a wheel.", False),
        ("You should be behind a wheel.", True),
        ("The dog is nice.", False),
    ],
)
def test_a_statement_is_turned_round_by_one_not_more_or_less(statement: str, turned: bool) -> None:
    assert turns_round(statement, "I shouldn't be behind a wheel.") is turned


def test_a_bare_question_states_nothing() -> None:
    persona = PERSONAS[0]
    asked = (client_turn("Yes."), Turn(Speaker.COUNSELOR, (Sentence("Is that right?"),)))
    mind = replace(begin(persona, 0), told=frozenset({"automatic_thought", "risk"}))
    assert is_true_to(persona, mind, hear(asked, "en")) is None


@pytest.mark.parametrize(
    ("text", "agreed"),
    [("Yeah, it's like that.", True), ("Hm. Yes, I think.", True), ("Not quite.", False),
     ("That's your word for it.", False), ("Right after the shift it came.", True)],
)  # fmt: skip
def test_assent_is_heard_at_the_start(text: str, agreed: bool) -> None:
    assert agrees(text) is agreed
