"""What flows through a session graph, what surrounds it, and what comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict

from agents.client import Client, ClientState, ScriptedClient
from agents.counselors.base import Counselor
from agents.counselors.briefing import Briefing
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.supervisor import ScriptedSupervisor, Supervisor
from agents.mind.gauge import Gauge
from agents.transcript import Transcript
from evaluators.judge import (
    Judge,
    MoodObserver,
    PanasObserver,
    SafetyScreen,
    ScriptedJudge,
    ScriptedScreen,
    ScriptedSelfReporter,
    SelfReporter,
)
from evaluators.scripted.conduct import ScriptedSafetyJudge
from evaluators.verdict import PanasReading, Verdict
from personas.schema import Persona

IDENTIFICATION = ("automatic_thoughts", "intermediate_beliefs", "core_beliefs")
RESTRUCTURING = ("defense", "prosecution", "verdict")
SUB_STAGES = (*IDENTIFICATION, *RESTRUCTURING)


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
class Voices:
    """Who spoke, watched and judged: each `scripted` or a model id."""

    client: str
    appraisal: str
    counselor: str
    supervisor: str
    judges: tuple[str, ...]
    observer: str
    self_report: str
    safety: str


@dataclass(frozen=True)
class Company:
    """Everybody beside the counselor: who plays the client, who watches, who judges."""

    client: Client = field(default_factory=ScriptedClient)
    supervisor: Supervisor = field(default_factory=ScriptedSupervisor)
    judges: tuple[Judge, ...] = (ScriptedJudge(), ScriptedSafetyJudge())
    observer: MoodObserver = field(default_factory=PanasObserver)
    reporter: SelfReporter = field(default_factory=ScriptedSelfReporter)
    screen: SafetyScreen = field(default_factory=ScriptedScreen)

    def name_voices(self, counselor: Counselor) -> Voices:
        """Return who speaks, watches and judges when this counselor joins."""
        return Voices(
            client=self.client.voice,
            appraisal=self.client.appraiser.voice,
            counselor=counselor.voice,
            supervisor=self.supervisor.voice,
            judges=tuple(dict.fromkeys(judge.voice for judge in self.judges)),
            observer=self.observer.voice,
            self_report=self.reporter.voice,
            safety=self.screen.voice,
        )


@dataclass(frozen=True)
class SessionContext:
    """Who meets whom, and under which bounds: constant during an episode."""

    persona: Persona
    counselor: Counselor
    company: Company
    seed: int
    limits: Limits
    on_turn: Callable[[], None] | None = None


class SessionState(TypedDict):
    """The channels of the graph. `stage` is the counselor node that spoke last.

    `briefings` are of the counselors whose requests hold more than the transcript: crdial, cactus.
    """

    transcript: Transcript
    client: ClientState
    formulation: Formulation
    stage: str
    interrupted: str
    trace: tuple[Gauge, ...]
    edges: tuple[Edge, ...]
    briefings: tuple[Briefing, ...]
    finish: Finish | None
    panas_before: tuple[PanasReading, ...]
    panas_after: tuple[PanasReading, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Outcome:
    """A finished session, ready to be recorded."""

    transcript: Transcript
    trace: tuple[Gauge, ...]
    edges: tuple[Edge, ...]
    channels: tuple[Channel, ...]
    briefings: tuple[Briefing, ...]
    technique: str
    finish: Finish
    panas_before: tuple[PanasReading, ...]
    panas_after: tuple[PanasReading, ...]
    verdicts: tuple[Verdict, ...]
    voices: Voices
