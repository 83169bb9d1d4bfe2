"""What every counselor is: something that reads a view and speaks. The view holds nothing hidden."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from agents.counselors.formulation import Formulation
from agents.text import words
from agents.transcript import Sentence, Speaker, Transcript, last_text, turns_of
from personas.schema import Language, PublicIntake


@dataclass(frozen=True)
class CounselorView:
    """All that a counselor may know: the public intake, what was said, its own picture, the stage."""

    intake: PublicIntake
    transcript: Transcript
    formulation: Formulation
    stage: str
    language: Language
    seed: int

    @property
    def said(self) -> str:
        """Return the client's last message."""
        return last_text(self.transcript, Speaker.CLIENT)

    @property
    def exchange(self) -> int:
        """Return how many times the counselor has spoken already."""
        return len(turns_of(self.transcript, Speaker.COUNSELOR))

    @property
    def first_name(self) -> str:
        """Return the client's first name, or an empty string where the form has none."""
        return self.intake.demographics.first_name

    def rng(self, part: str) -> random.Random:
        """Return the random stream of this very turn; equal views draw equal numbers."""
        place = f"{len(self.transcript)}/{len(words(self.said))}"
        return random.Random(f"{self.seed}/{part}/{self.intake.demographics.name}/{place}")


@dataclass(frozen=True)
class Utterance:
    """What a counselor says, and its picture of the client afterwards. `closes` ends the session.

    `stage` is the sub-stage it says it is in, where nobody else keeps the course; else empty.
    """

    sentences: tuple[Sentence, ...]
    formulation: Formulation
    closes: bool = False
    stage: str = ""


class Counselor(Protocol):
    """A protocol in a voice. `name` is the spec it was built from, `voice` is `scripted` or a model id."""

    name: str
    protocol: str

    @property
    def voice(self) -> str:
        """Return `scripted` or the id of the model that finds the words."""
        ...

    async def speak(self, view: CounselorView) -> Utterance:
        """Return the next message."""
        ...


@runtime_checkable
class PlanningCounselor(Protocol):
    """A counselor that plans before it talks (Cactus, arXiv 2407.03103): two steps of one turn."""

    async def plan(self, view: CounselorView) -> Formulation:
        """Return the picture with a plan: made, followed one step on, or revised."""
        ...

    async def talk(self, view: CounselorView) -> Utterance:
        """Return the message of the plan's present step."""
        ...
