"""What a counselor was told beside the words when it spoke: kept, so that its request can be laid
out again. Of the formulation only what the prompts of `agents.llm` read.
"""

from __future__ import annotations

from dataclasses import dataclass

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Channel, Formulation


@dataclass(frozen=True)
class Thought:
    """A channel as a prompt names it: the thought, its latest rating, the sentence found for it."""

    text: str
    rating: int | None = None
    balanced: str = ""


@dataclass(frozen=True)
class Briefing:
    """What stood beside the transcript when message number `turn` (0-based) was spoken.

    `stage` is what was asked for (`time_up` too, which the transcript calls closing); the rest is
    the formulation's.
    """

    turn: int
    stage: str
    attempts: int = 0
    current: int = 0
    thoughts: tuple[Thought, ...] = ()
    technique: str = ""
    plan: tuple[str, ...] = ()
    step: int = 0

    @property
    def formulation(self) -> Formulation:
        """Return a formulation from which the prompts come out as they were."""
        return Formulation(
            channels=tuple(
                Channel(thought.text, rating_before=thought.rating, balanced=thought.balanced)
                for thought in self.thoughts
            ),
            current=self.current,
            attempts=self.attempts,
            technique=self.technique,
            plan=self.plan,
            step=self.step,
        )


def brief(view: CounselorView) -> Briefing:
    """Return the briefing of the message that is about to be spoken from this view."""
    picture = view.formulation
    return Briefing(
        turn=len(view.transcript),
        stage=view.stage,
        attempts=picture.attempts,
        current=picture.current,
        thoughts=tuple(map(_take_down, picture.channels)),
        technique=picture.technique,
        plan=picture.plan,
        step=picture.step,
    )


def _take_down(channel: Channel) -> Thought:
    rated = channel.rating_before is not None and channel.rating_after is not None
    rating = channel.rating_after if rated else channel.rating_before
    return Thought(channel.thought, rating, channel.balanced)
