"""Generated Chinese clients in whole sessions: Chinese throughout, never twice the same, short turns."""

from __future__ import annotations

import asyncio
import re
from functools import cache
from statistics import median

import pytest

from agents.counselors import build_counselor
from agents.transcript import Speaker
from graphs.session import play
from graphs.state import Finish, Outcome
from personas.generator.generate import generate_personas

HAN = re.compile(r"[一-鿿…]")
LATIN = re.compile(r"[A-Za-z]{2}")
SLOT = re.compile(r"[{}@|]|。。|，。|。，|，，")


@cache
def outcomes(spec: str) -> tuple[Outcome, ...]:
    counselor = build_counselor(spec, "zh")
    return tuple(
        asyncio.run(play(persona, counselor, seed=seed))
        for seed, persona in enumerate(generate_personas(60, "zh", 0))
    )


def client_turns(outcome: Outcome) -> list[str]:
    return [turn.text for turn in outcome.transcript if turn.speaker is Speaker.CLIENT]


@pytest.mark.parametrize("spec", ["crdial", "plain"])
def test_no_sentence_is_english_and_no_slot_is_open(spec: str) -> None:
    for outcome in outcomes(spec):
        for turn in outcome.transcript:
            for sentence in turn.sentences:
                assert HAN.search(sentence.text), sentence.text
                assert not LATIN.search(sentence.text), sentence.text
                assert not SLOT.search(sentence.text), sentence.text


@pytest.mark.parametrize("spec", ["crdial", "plain"])
def test_a_client_says_nothing_twice(spec: str) -> None:
    for outcome in outcomes(spec):
        said = [text for text in client_turns(outcome) if len(text) > 4]
        assert len(said) == len(set(said))


@pytest.mark.parametrize("spec", ["crdial", "plain"])
def test_turns_are_as_short_as_speech(spec: str) -> None:
    lengths = [
        len(HAN.findall(text)) for outcome in outcomes(spec) for text in client_turns(outcome)
    ]
    assert 9 <= median(lengths) <= 20
    assert sum(length > 45 for length in lengths) / len(lengths) < 0.02


def test_clients_without_risk_are_not_handed_over_and_some_come_to_an_end() -> None:
    ends = [outcome.finish for spec in ("crdial", "plain") for outcome in outcomes(spec)]
    assert Finish.CRISIS_HANDOFF not in ends
    assert sum(o.finish is Finish.RESOLVED for o in outcomes("crdial")) >= 10
