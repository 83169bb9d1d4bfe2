"""A client in a session: hears the counselor, lets the mind move, decides, and speaks.

A client object holds no session state (hundreds of episodes share it); the state travels in the
graph. The scripted client and an LLM client differ only in who finds the words.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Protocol

from agents.hearing.discourse import Heard, hear
from agents.mind.decision import decide
from agents.mind.focus import find_focus, waiting_thought
from agents.mind.gauge import Gauge
from agents.mind.intent import Act, Intent
from agents.mind.parameters import Parameters
from agents.mind.state import Mind, begin, hear_moves, tell
from agents.text import words
from agents.transcript import Speaker, Transcript, turns_of
from agents.voice import Speech, say
from personas.schema import Language, Persona


@dataclass(frozen=True)
class ClientState:
    """The client's side of a session: mind, phrases already used, last stated rating per thought.

    `bare` counts the last messages in a row that held nothing of the client's own life.
    """

    mind: Mind
    used: frozenset[str] = frozenset()
    ratings: tuple[tuple[int, int], ...] = ()
    bare: int = 0


@dataclass(frozen=True)
class ClientReply:
    """The client's message, the state after it, what was recorded, and how the client goes on.

    `departure` is empty, `fade` (ends politely) or `leave` (drops out).
    """

    text: str
    state: ClientState
    gauge: Gauge
    departure: str = ""


class Appraiser(Protocol):
    """Hears what a counselor's message does. `voice` is `scripted` or a model id."""

    @property
    def voice(self) -> str:
        """Return `scripted` or the id of the model that listens."""
        ...

    async def appraise(self, transcript: Transcript, language: Language) -> Heard:
        """Return the last counselor message as the client heard it."""
        ...


class ScriptedAppraiser:
    """Hears by cue words (`agents.hearing.discourse`)."""

    voice = "scripted"

    async def appraise(self, transcript: Transcript, language: Language) -> Heard:
        """Return the last counselor message as the client heard it."""
        return hear(transcript, language)


class Client(Protocol):
    """Someone who plays a persona. `voice` is `scripted` or a model id."""

    voice: str
    appraiser: Appraiser

    def begin(self, persona: Persona, seed: int) -> ClientState:
        """Return the state with which the client walks in."""
        ...

    async def reply(
        self, persona: Persona, state: ClientState, transcript: Transcript, seed: int
    ) -> ClientReply:
        """Return the client's answer to the last counselor message."""
        ...


class ScriptedClient:
    """Deterministic: the same persona, seed and counselor messages give the same words.

    `parameters` are those of the mind; the shipped ones where none are given.
    """

    voice = "scripted"

    def __init__(
        self, appraiser: Appraiser | None = None, parameters: Parameters | None = None
    ) -> None:
        self.appraiser = appraiser or ScriptedAppraiser()
        self._parameters = parameters

    def begin(self, persona: Persona, seed: int) -> ClientState:
        """Return the state with which the client walks in."""
        return ClientState(begin(persona, seed, self._parameters))

    async def reply(
        self, persona: Persona, state: ClientState, transcript: Transcript, seed: int
    ) -> ClientReply:
        """Return the client's answer to the last counselor message."""
        heard = await self.appraiser.appraise(transcript, persona.language)
        state, intent = respond(persona, state, heard, seed)
        speech = make_speech(persona, state, intent, heard, seed)
        spoken = say(speech, own_words(transcript))
        bare = 0 if spoken.own else state.bare + 1
        state = replace(state, used=spoken.used, ratings=note_rating(state, intent), bare=bare)
        return make_reply(persona, state, intent, spoken.text, len(transcript))


def respond(
    persona: Persona, state: ClientState, heard: Heard, seed: int
) -> tuple[ClientState, Intent]:
    """Return the state after hearing and answering, and the intent of the answer, without words."""
    mind = hear_moves(persona, state.mind, heard)
    mind = replace(mind, focus=find_focus(persona, mind, heard))
    intent = decide(persona, mind, heard, random.Random(f"{seed}/{persona.id}/act/{mind.exchange}"))
    intent = _maybe_surface(persona, mind, intent)
    if intent.chosen is not None:
        mind = replace(mind, focus=intent.chosen)
    mind = tell(
        persona,
        mind,
        heard,
        intent.told,
        held_back=intent.act is Act.HOLD_BACK,
        barren=intent.act is Act.DRY or intent.reason in {"nothing", "same_thought"},
    )
    return replace(state, mind=mind), intent


def _maybe_surface(persona: Persona, mind: Mind, intent: Intent) -> Intent:
    """After a shift, a question that wants nothing in particular brings up what is still waiting."""
    waiting = waiting_thought(persona, mind)
    if waiting is None or intent.act is not Act.DRY:
        return intent
    return Intent(Act.SURFACE, intent.ask, (f"thought.{waiting}",), chosen=waiting)


def make_speech(
    persona: Persona, state: ClientState, intent: Intent, heard: Heard, seed: int
) -> Speech:
    """Return all that a voice may look at for one message; `state` is the one after hearing."""
    rng = random.Random(f"{seed}/{persona.id}/words/{state.mind.exchange}")
    last = dict(state.ratings).get(state.mind.focus)
    return Speech(persona, state.mind, intent, heard, state.used, last, rng, state.bare)


def own_words(transcript: Transcript) -> frozenset[str]:
    """Return the client's messages so far as bare words, to tell whether one comes again."""
    return frozenset(" ".join(words(turn.text)) for turn in turns_of(transcript, Speaker.CLIENT))


def note_rating(state: ClientState, intent: Intent) -> tuple[tuple[int, int], ...]:
    """Return the last stated rating of every thought, the intent's included."""
    if intent.rating is None:
        return state.ratings
    return tuple(sorted({**dict(state.ratings), state.mind.focus: intent.rating}.items()))


def make_reply(
    persona: Persona, state: ClientState, intent: Intent, text: str, turn: int
) -> ClientReply:
    """Return the reply with its gauge; `turn` is the index the message will have."""
    pattern = str(persona.resistance) if intent.act is Act.HOLD_BACK else ""
    gauge = state.mind.gauge(turn, intent.told, str(intent.act), pattern, str(intent.ask))
    departure = {Act.FADE: "fade", Act.LEAVE: "leave"}.get(intent.act, "")
    return ClientReply(text, state, gauge, departure)
