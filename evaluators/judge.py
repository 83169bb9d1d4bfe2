"""Who judges: a rater reads the transcript and its language, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agents.transcript import Transcript
from evaluators.ctrs import rate_ctrs
from evaluators.panas_observer import observe
from evaluators.scale import ItemCount
from evaluators.verdict import PanasReading, Verdict
from personas.schema import Language


class Judge(Protocol):
    """Rates one episode on one scale. `voice` is `scripted` or a model id."""

    @property
    def name(self) -> str:
        """Return the name that the verdicts carry."""
        ...

    @property
    def voice(self) -> str:
        """Return `scripted` or the id of the model that rates."""
        ...

    async def rate(self, transcript: Transcript, language: Language) -> Verdict:
        """Return the ratings; an item that could not be rated is missing, never 0."""
        ...


class MoodObserver(Protocol):
    """Reads a client's affect from outside, before and after the session."""

    @property
    def name(self) -> str:
        """Return the name that the readings are reported under."""
        ...

    @property
    def voice(self) -> str:
        """Return `scripted` or the id of the model that reads."""
        ...

    async def observe(
        self, transcript: Transcript, language: Language
    ) -> tuple[PanasReading, PanasReading]:
        """Return the readings (before, after)."""
        ...


@dataclass(frozen=True)
class ScriptedJudge:
    """CTRS by rules: deterministic, no model. `items` is 6 (Cactus' short form) or 11."""

    items: ItemCount = 6
    name: str = "scripted"
    voice: str = "scripted"

    async def rate(self, transcript: Transcript, language: Language) -> Verdict:
        """Return the CTRS ratings of an episode."""
        return rate_ctrs(transcript, language, self.items)


@dataclass(frozen=True)
class PanasObserver:
    """PANAS by rules, from the client's words only."""

    name: str = "scripted"
    voice: str = "scripted"

    async def observe(
        self, transcript: Transcript, language: Language
    ) -> tuple[PanasReading, PanasReading]:
        """Return the readings (before, after) from the first and the last third of the session."""
        return observe(transcript, language, "before"), observe(transcript, language, "after")
