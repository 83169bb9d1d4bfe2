"""The scripted client: gates, focus, no repeats, determinism, and patterns that show in words."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from agents.client import ClientReply, ClientState, ScriptedClient
from agents.hearing.reading import stated_rating
from agents.mind.intent import Act
from agents.mind.ledger import line_of
from agents.transcript import Sentence, Speaker, Transcript, Turn, client_turn
from agents.voice import number_words
from personas.builtin import load_builtin
from personas.schema import Attitude, Persona, Resistance, Risk

PERSONAS = {persona.id: persona for persona in load_builtin("en")}
TOMAS = PERSONAS["tomas-bus"]
CLIENT = ScriptedClient()


def ask(
    persona: Persona, state: ClientState, text: str, before: Transcript = (), seed: int = 0
) -> ClientReply:
    transcript = (*before, Turn(Speaker.COUNSELOR, (Sentence(text),)))
    return asyncio.run(CLIENT.reply(persona, state, transcript, seed))


def trusting(persona: Persona, **changes: object) -> ClientState:
    state = CLIENT.begin(persona, 0)
    mind = replace(state.mind, trust=75.0, tension=0.0, exchange=2)
    return replace(state, mind=replace(mind, **changes))


def test_a_thought_comes_when_asked_for() -> None:
    reply = ask(TOMAS, trusting(TOMAS), "What went through your mind just then?")
    assert reply.gauge.told == ("automatic_thought",)
    assert "behind a wheel" in reply.text


def test_what_needs_more_trust_is_held_back() -> None:
    told = frozenset({"automatic_thought"})
    state = trusting(TOMAS, trust=26.0, told=told, tension=0.0)
    state = replace(state, mind=replace(state.mind, told=told | {"for.0.0", "for.0.2"}))
    reply = ask(TOMAS, state, "What other facts speak for it?")
    assert reply.gauge.act == Act.HOLD_BACK
    assert "wrist" not in reply.text


def test_evidence_needs_a_thought_on_the_table() -> None:
    reply = ask(TOMAS, trusting(TOMAS), "What are the facts that speak for it?")
    assert not any(entry.startswith("for.") for entry in reply.gauge.told)


def test_a_rating_is_the_belief_in_fives() -> None:
    state = trusting(TOMAS, told=frozenset({"automatic_thought"}), beliefs=(83.0, 70.0, 60.0))
    reply = ask(TOMAS, state, "How true does it feel now, from nought to a hundred?")
    assert "eighty-five" in reply.text.lower()


def test_the_client_turns_to_the_thought_that_is_named() -> None:
    told = frozenset({"automatic_thought", "thought.1", "for.0.0"})
    state = trusting(TOMAS, told=told)
    reply = ask(
        TOMAS,
        state,
        "Whatever goes wrong on that bus is your doing: what are the facts that speak for it?",
    )
    assert reply.gauge.told[0].startswith("for.1.")


def test_asked_to_weigh_too_early_the_client_says_what_is_missing() -> None:
    state = trusting(TOMAS, told=frozenset({"automatic_thought"}))
    reply = ask(TOMAS, state, "How would you put it now, in your own words?")
    assert reply.gauge.act == Act.STUCK


def test_a_shift_is_said_in_the_clients_own_balanced_words() -> None:
    told = (
        {"automatic_thought"}
        | {f"for.0.{i}" for i in range(3)}
        | {f"against.0.{i}" for i in range(3)}
    )
    reply = ask(
        TOMAS, trusting(TOMAS, told=frozenset(told)), "How would you put it now, in your own words?"
    )
    assert reply.gauge.told == ("balanced.0",)
    assert "nineteen years" in reply.text


def test_nothing_is_said_twice_even_when_pressed_for_long() -> None:
    state, transcript = CLIENT.begin(TOMAS, 1), ()
    for number in range(60):
        reply = ask(
            TOMAS,
            replace(state, mind=replace(state.mind, exchange=3)),
            f"Tell me more, part {number}.",
            transcript,
            1,
        )
        transcript = (
            *transcript,
            Turn(Speaker.COUNSELOR, (Sentence("Tell me more."),)),
            client_turn(reply.text),
        )
        state = reply.state
    said = [turn.text.lower() for turn in transcript if turn.speaker is Speaker.CLIENT]
    assert len(set(said)) == len(said) == 60


def test_same_seed_same_words_and_another_seed_other_words() -> None:
    questions = ("What happened?", "What went through your mind then?", "What did you feel?")
    replies = {
        seed: [ask(TOMAS, CLIENT.begin(TOMAS, seed), text, seed=seed).text for text in questions]
        for seed in (1, 1, 2, 3, 4, 5)
    }
    again = [ask(TOMAS, CLIENT.begin(TOMAS, 1), text, seed=1).text for text in questions]
    assert replies[1] == again
    assert len({tuple(texts) for texts in replies.values()}) > 1


@pytest.mark.parametrize("pattern", list(Resistance))
def test_resistance_shows_in_words_of_its_own(pattern: Resistance) -> None:
    persona = TOMAS.model_copy(update={"resistance": pattern, "attitude": Attitude.NEGATIVE})
    held = set()
    for seed in range(12):
        state = replace(
            CLIENT.begin(persona, seed),
            mind=replace(CLIENT.begin(persona, seed).mind, tension=100.0, exchange=0),
        )
        reply = ask(persona, state, "What happened?", seed=seed)
        if reply.gauge.act == Act.HOLD_BACK:
            assert reply.gauge.pattern == pattern
            held.add(reply.text)
    assert len(held) > 3


def test_a_client_at_risk_says_so_once_trust_is_there() -> None:
    persona = next(p for p in PERSONAS.values() if p.risk is not Risk.NONE)
    reply = ask(persona, trusting(persona, exchange=5), "What happened then?")
    assert reply.gauge.act == Act.RISK
    assert "wake up" in reply.text


def test_a_hostile_counselor_loses_a_negative_client() -> None:
    persona = next(p for p in PERSONAS.values() if p.attitude is Attitude.NEGATIVE)
    left = 0
    for seed in range(10):
        state, transcript = CLIENT.begin(persona, seed), ()
        for _ in range(12):
            reply = ask(
                persona, state, "That's ridiculous. Pull yourself together.", transcript, seed
            )
            state = reply.state
            if reply.departure == "leave":
                left += 1
                break
    assert left == 10


def test_ledger_entries_name_lines_of_the_persona() -> None:
    assert line_of(TOMAS, "against.1.0") == TOMAS.profile.thoughts[1].evidence_against[0].text
    with pytest.raises(KeyError):
        line_of(TOMAS, "nonsense.1")


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "zero"), (5, "5"), (15, "fifteen"), (35, "thirty-five"), (100, "a hundred")],
)
def test_numbers_are_spoken(number: int, words: str) -> None:
    assert number_words(number, "en") == words


@pytest.mark.parametrize("number", range(0, 101, 5))
def test_a_spoken_rating_is_heard(number: int) -> None:
    assert stated_rating(number_words(number, "en")) == number
