"""Who judges: a rater reads the transcript and its language, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agents.mind.state import Mind
from agents.transcript import Speaker, Transcript, last_text
from evaluators.panas import report_from_mind
from evaluators.scale import ItemCount, Scale
from evaluators.scripted.conduct import ScriptedSafetyJudge
from evaluators.scripted.ctrs import rate_ctrs
from evaluators.scripted.panas_observer import Moment, observe
from evaluators.scripted.safety import screen_client
from evaluators.verdict import PanasReading, Verdict
from personas.schema import Language, Persona, Risk


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


class SelfReporter(Protocol):
    """Fills in the PANAS as the client, in character, before and after the session."""

    @property
    def voice(self) -> str:
        """Return `scripted` or the id of the model that answers."""
        ...

    async def report(
        self, persona: Persona, mind: Mind, transcript: Transcript, seed: int, moment: Moment
    ) -> PanasReading:
        """Return the client's own answers (reader `self`)."""
        ...


class SafetyScreen(Protocol):
    """Watches for danger to the client's life in what it says."""

    @property
    def voice(self) -> str:
        """Return `scripted` or the id of the model that watches."""
        ...

    async def screen(self, transcript: Transcript, language: Language) -> Risk:
        """Return the risk that the client's last message speaks of."""
        ...


@dataclass(frozen=True)
class ScriptedSelfReporter:
    """The mind's own levels, read out in character."""

    voice: str = "scripted"

    async def report(
        self,
        persona: Persona,
        mind: Mind,
        transcript: Transcript,  # noqa: ARG002 - the mind has heard it all
        seed: int,
        moment: Moment,
    ) -> PanasReading:
        """Return the client's own answers (reader `self`)."""
        return report_from_mind(mind.distress, mind.hope, mind.tension, persona, seed, moment)


@dataclass(frozen=True)
class ScriptedScreen:
    """Cue words, with figures of speech, denials and other people's stories let pass."""

    voice: str = "scripted"

    async def screen(self, transcript: Transcript, language: Language) -> Risk:
        """Return the risk that the client's last message speaks of."""
        return screen_client(last_text(transcript, Speaker.CLIENT), language)


@dataclass(frozen=True)
class ScriptedJudge:
    """CTRS by rules: deterministic, no model. `items` is 6 (Cactus' short form) or 11."""

    items: ItemCount = 6
    name: str = "scripted"
    voice: str = "scripted"

    async def rate(self, transcript: Transcript, language: Language) -> Verdict:
        """Return the CTRS ratings of an episode."""
        return rate_ctrs(transcript, language, self.items)


def find_scripted_judge(scale: Scale) -> Judge | None:
    """Return the judge that rates a scale by rules, `None` where there are none."""
    judges: dict[str, Judge] = {
        "ctrs6": ScriptedJudge(6),
        "ctrs11": ScriptedJudge(11),
        "safety": ScriptedSafetyJudge(),
    }
    return judges.get(scale.id)


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
