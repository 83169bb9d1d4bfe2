"""The episode record: one complete session as one JSON line, versioned, self-describing.

`key` comes first so that a reader can index a line cheaply, `timing` last so that two runs can be
compared without it. Every record says that it is synthetic and which voices spoke.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.counselors.briefing import Briefing
from agents.mind.gauge import Gauge
from agents.models.calls import CallRecord
from agents.transcript import Turn
from evaluators.verdict import PanasReading, Verdict
from graphs.state import Edge, Finish, Voices
from personas.schema import Language, Persona

SCHEMA_VERSION = 1
NOTICE = "Synthetic dialogue. No real client. For research and training only, never a treatment."


class Record(BaseModel):
    """Base of stored data: unknown fields are refused, so that a reader never guesses."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ChannelRecord(Record):
    """One channel as the counselor formulated it, in the client's words."""

    thought: str
    distortion: str
    case_for: tuple[str, ...]
    case_against: tuple[str, ...]
    rating_before: int | None
    rating_after: int | None
    shifted: bool
    balanced: str


class PanasRecord(Record):
    """PANAS before and after, one reading per reader (self, observer, mind)."""

    before: tuple[PanasReading, ...]
    after: tuple[PanasReading, ...]


class Timing(Record):
    """When it was played (UTC, ISO 8601) and how long it took in seconds."""

    started: str
    seconds: Annotated[float, Field(ge=0)]


class Episode(Record):
    """One session from first PANAS to last judgement. `briefings` are empty in older records."""

    key: str
    schema_version: Literal[1] = 1
    synthetic: Literal[True] = True
    notice: str = NOTICE
    language: Language
    counselor: str
    seed: int
    voices: Voices
    persona: Persona
    transcript: tuple[Turn, ...]
    trace: tuple[Gauge, ...]
    edges: tuple[Edge, ...]
    channels: tuple[ChannelRecord, ...]
    briefings: tuple[Briefing, ...] = ()
    technique: str = ""
    finish: Finish
    panas: PanasRecord
    verdicts: tuple[Verdict, ...]
    calls: tuple[CallRecord, ...] = ()
    timing: Timing


class Failure(Record):
    """An attempt that broke: kept as data, retried on the next resume."""

    key: str
    persona: str
    counselor: str
    seed: int
    error: str
    message: str
    calls: tuple[CallRecord, ...] = ()
    at: str
