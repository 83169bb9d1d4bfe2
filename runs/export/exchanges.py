"""An episode as examples: every message of the counselor with the request it answers.

The request is what the LLM counselor of the protocol would have been sent at that point. Left out
is what a counselor never says itself: the greeting and the handover in a crisis are spoken by the
house.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from langchain_core.messages import BaseMessage

from agents.counselors.base import CounselorView
from agents.counselors.briefing import Briefing
from agents.counselors.formulation import Formulation
from agents.llm.counselors.layouts import END, Layout
from agents.llm.counselors.speech import LAST_EXCHANGE, TIME_TO_CLOSE
from agents.llm.counselors.staged import STAGES
from agents.transcript import Speaker, Transcript, Turn
from graphs.state import Finish
from runs.record import Episode

Message = dict[str, str]
ROLES = {"system": "system", "human": "user", "ai": "assistant"}
CRISIS = "crisis"
_HOUSE = ("opening", CRISIS)


class UnbriefedError(Exception):
    """The record does not hold what the counselor was told beside the words."""


@dataclass(frozen=True)
class Exchange:
    """One message of the counselor: its place in the transcript, the request, the words wanted."""

    turn: int
    request: tuple[Message, ...]
    words: str

    @property
    def reply(self) -> Message:
        """Return the words as a message."""
        return {"role": "assistant", "content": self.words}


def spoken_part(episode: Episode) -> Transcript:
    """Return the transcript up to where a crisis took the session out of the counselor's hands."""
    stages = [turn.stage for turn in episode.transcript]
    return episode.transcript[: stages.index(CRISIS) if CRISIS in stages else None]


def closes_itself(episode: Episode) -> bool:
    """Tell whether the counselor had the last word, and it was a goodbye."""
    last = episode.transcript[-1]
    return last.speaker is Speaker.COUNSELOR and episode.finish is not Finish.CRISIS_HANDOFF


def is_tagged(episode: Episode) -> bool:
    """Tell whether every message of the counselor has a step of crdial, every sentence a strategy."""
    own = [
        turn
        for turn in spoken_part(episode)
        if turn.speaker is Speaker.COUNSELOR and turn.stage not in _HOUSE
    ]
    labels = [sentence.strategy for turn in own for sentence in turn.sentences]
    return all(turn.stage in STAGES for turn in own) and None not in labels


def list_exchanges(episode: Episode, layout: Layout) -> list[Exchange]:
    """Return the counselor's messages, each with its request.

    In a protocol that ends by the clock, a session that the counselor did not close in time stops
    before the hint that time is up: what it said there is no answer to that hint. Raises
    UnbriefedError where the layout needs more than the record holds.
    """
    transcript = spoken_part(episode)
    shown = transcript if layout.shows_stage else tuple(map(_bare, transcript))
    briefings = {briefing.turn: briefing for briefing in episode.briefings}
    places = [
        place
        for place, turn in enumerate(transcript)
        if turn.speaker is Speaker.COUNSELOR and turn.stage not in _HOUSE
    ]
    closed = closes_itself(episode)
    if layout.timed and not (closed and len(places) <= LAST_EXCHANGE):
        places = places[: TIME_TO_CLOSE - 1]
        closed = closed and places[-1:] == [len(transcript) - 1]
    exchanges = [_make(episode, layout, shown[: place + 1], briefings) for place in places]
    if closed and layout.marks_end and exchanges:
        last = exchanges[-1]
        exchanges[-1] = Exchange(last.turn, last.request, f"{last.words} {END[episode.language]}")
    return exchanges


def _bare(turn: Turn) -> Turn:
    return replace(turn, stage="", channel=None)


def _make(
    episode: Episode, layout: Layout, said: Transcript, briefings: Mapping[int, Briefing]
) -> Exchange:
    place = len(said) - 1
    if layout.briefed and place not in briefings:
        raise UnbriefedError(episode.key)
    view = view_of(episode, said[:-1], briefings.get(place) if layout.briefed else None)
    request = tuple(map(as_message, layout.lay_out(view)))
    return Exchange(place, request, layout.write(said[-1], episode.language))


def view_of(episode: Episode, before: Transcript, briefing: Briefing | None) -> CounselorView:
    """Return what the counselor knew after the messages `before`."""
    return CounselorView(
        intake=episode.persona.public(),
        transcript=before,
        formulation=briefing.formulation if briefing else Formulation(),
        stage=briefing.stage if briefing else "talk",
        language=episode.language,
        seed=episode.seed,
    )


def as_message(message: BaseMessage) -> Message:
    """Return a message in the form of the chat endpoints."""
    return {"role": ROLES[message.type], "content": str(message.content)}


def join_exchanges(exchanges: Iterable[Exchange]) -> list[Message]:
    """Return one conversation: the first request, then each last message of the client and the reply.

    What was told beside a message of the client stays with it; at play it is told once.
    """
    messages: list[Message] = []
    for exchange in exchanges:
        messages += exchange.request[-1:] if messages else exchange.request
        messages.append(exchange.reply)
    return messages


def count_exact(exchanges: Iterable[Exchange]) -> int:
    """Return how many messages stand in the joined conversation behind the very request of play."""
    joined: list[Message] = []
    exact = 0
    for exchange in exchanges:
        joined += exchange.request[-1:] if joined else exchange.request
        exact += joined == list(exchange.request)
        joined.append(exchange.reply)
    return exact
