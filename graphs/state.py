"""What flows through a session graph, what surrounds it, and what comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from agents.client import Client, ClientState
from agents.counselors.base import Counselor
from agents.formulation import Channel, Formulation
from agents.gauge import Gauge
from agents.transcript import Transcript
from evaluators.judge import Judge, PanasObserver
from evaluators.verdict import PanasReading, Verdict
from personas.schema import Persona


class Finish(StrEnum):
    """Why an episode ended.

    `resolved`: the counselor closed and the client had put at least one thought differently;
    `counselor_ended`: the counselor closed without that. The distinction keeps a polite goodbye
    from counting as a success.
    """

    RESOLVED = "resolved"
    COUNSELOR_ENDED = "counselor_ended"
    CLIENT_ENDED = "client_ended"
    DROPPED_OUT = "dropped_out"
    CRISIS_HANDOFF = "crisis_handoff"
    TURN_CAP = "turn_cap"
    LOOP_DETECTED = "loop_detected"
    ERROR = "error"


@dataclass(frozen=True)
class Edge:
    """A routing step that was taken: after `turn` messages, from node to node, for a reason."""

    turn: int
    source: str
    target: str
    reason: str


@dataclass(frozen=True)
class Limits:
    """Bounds of a session. One exchange is a counselor message and the client's answer."""

    max_exchanges: int = 30


@dataclass(frozen=True)
class SessionContext:
    """Who meets whom, and under which bounds: constant during an episode."""

    persona: Persona
    client: Client
    counselor: Counselor
    judges: tuple[Judge, ...]
    observer: PanasObserver
    seed: int
    limits: Limits
    on_turn: Callable[[], None] | None = None


class SessionState(TypedDict):
    """The channels of the graph. `stage` is the counselor node that spoke last."""

    transcript: Transcript
    client: ClientState
    formulation: Formulation
    stage: str
    interrupted: str
    trace: tuple[Gauge, ...]
    edges: tuple[Edge, ...]
    finish: Finish | None
    panas_before: tuple[PanasReading, ...]
    panas_after: tuple[PanasReading, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Voices:
    """Who spoke: `scripted` or a model id."""

    client: str
    counselor: str
    judges: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """A finished session, ready to be recorded."""

    transcript: Transcript
    trace: tuple[Gauge, ...]
    edges: tuple[Edge, ...]
    channels: tuple[Channel, ...]
    technique: str
    finish: Finish
    panas_before: tuple[PanasReading, ...]
    panas_after: tuple[PanasReading, ...]
    verdicts: tuple[Verdict, ...]
    voices: Voices
