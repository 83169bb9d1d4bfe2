"""A Chinese client made for the tests, and one to play any act with."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from agents.client import ClientState
from agents.hearing.discourse import hear
from agents.mind.intent import Intent
from agents.mind.state import begin
from agents.transcript import Sentence, Speaker, Transcript, Turn, client_turn
from agents.voice import Speech
from personas.builtin import load_builtin
from personas.schema import Language, Persona

PERSONAS = load_builtin("en")
TOMAS = next(persona for persona in PERSONAS if persona.id == "tomas-bus")
LIN = Persona.model_validate(
    {
        "id": "lin-meeting",
        "form": "lin-meeting",
        "source": "tests",
        "language": "zh",
        "domain": "career",
        "attitude": "neutral",
        "resistance": "minimal_talk",
        "opening": "一开会手心就出汗，就这事。",
        "demographics": {"name": "林晓", "age": 29, "occupation": "会计"},
        "intake": {"reason": "领导让我来看看。", "problem": "怕开会。", "support": "一个同事。"},
        "profile": {
            "situation": "上周汇报，我把两张表的数念串了。",
            "automatic_thought": "他们都在等我出错。",
            "rule": "只要错一次，人家就记住你了。",
            "core_belief": "我这人上不了台面。",
            "thoughts": [
                {
                    "distortion": "mind_reading",
                    "text": "屋里每个人都觉得我不行。",
                    "strength": 80,
                    "trust": 20,
                    "evidence_for": [{"text": "老周当时皱了眉头。", "trust": 15}],
                    "evidence_against": [{"text": "小林会后来要了那张表。", "trust": 15}],
                    "balanced": "念串了两个数，没人说过我不行。",
                },
                {
                    "distortion": "fortune_telling",
                    "text": "下回肯定还要砸。",
                    "strength": 70,
                    "trust": 30,
                    "evidence_for": [{"text": "前年那次也卡了壳。", "trust": 20}],
                    "evidence_against": [{"text": "三月那场一点事没有。", "trust": 20}],
                    "balanced": "有好有坏，下回还不知道呢。",
                },
            ],
            "disclosures": [{"text": "手心湿得纸都皱了。", "trust": 10, "topic": "body"}],
        },
    }
)


def asked(text: str, before: Transcript = ()) -> Transcript:
    """Return the transcript with one more counselor message."""
    return (*before, Turn(Speaker.COUNSELOR, (Sentence(text),)))


def opened(persona: Persona, *texts: str) -> Transcript:
    """Return a session that has just been opened, and the counselor's next messages with answers."""
    transcript = (*asked("Hello."), client_turn(persona.opening))
    for number, text in enumerate(texts[:-1]):
        transcript = (*asked(text, transcript), client_turn(f"Mm, {chr(97 + number)}."))
    return asked(texts[-1], transcript)


def state_of(persona: Persona, **changes: Any) -> ClientState:
    """Return a trusting client's state with changes to its mind."""
    mind = replace(begin(persona, 0), trust=75.0, tension=0.0, exchange=2)
    return ClientState(replace(mind, **changes))


def speech_for(persona: Persona, intent: Intent, **changes: Any) -> Speech:
    """Return what a voice may look at when the mind has decided on `intent`."""
    mind = state_of(persona, **changes).mind
    heard = hear(opened(persona, "And then?"), persona.language)
    return Speech(persona, mind, intent, heard, frozenset(), None, random.Random(0))


def in_language(persona: Persona, language: Language) -> Persona:
    """Return the persona as a speaker of a language, its lines untranslated."""
    return persona.model_copy(update={"language": language})
