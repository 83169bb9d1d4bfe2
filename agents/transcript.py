"""What was said: sentences with strategy labels, turns, and the transcript both sides may read.

Nothing hidden lives here. The client's mind is recorded beside the transcript, never in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from agents.text import join_sentences


class Speaker(StrEnum):
    """Who said it."""

    COUNSELOR = "counselor"
    CLIENT = "client"


class Strategy(StrEnum):
    """The sentence-level support strategies of CRDial (arXiv 2504.17238, table of strategies)."""

    QUESTION = "Question"
    RESTATEMENT = "Restatement"
    REFLECTION = "Reflection of Feelings"
    SELF_DISCLOSURE = "Self-disclosure"
    SUGGESTION = "Providing Suggestions"
    INFORMATION = "Information"
    REASSURANCE = "Affirmation and Reassurance"
    NEGOTIATE = "Negotiate"


STRATEGY_ZH: dict[Strategy, str] = {
    Strategy.QUESTION: "提问",
    Strategy.RESTATEMENT: "复述",
    Strategy.REFLECTION: "情感反映",
    Strategy.SELF_DISCLOSURE: "自我表露",
    Strategy.SUGGESTION: "提供建议",
    Strategy.INFORMATION: "提供信息",
    Strategy.REASSURANCE: "肯定与安慰",
    Strategy.NEGOTIATE: "协商",
}


@dataclass(frozen=True)
class Sentence:
    """One sentence; counselors of the crdial protocol label each with exactly one strategy."""

    text: str
    strategy: Strategy | None = None


@dataclass(frozen=True)
class Turn:
    """One message. `stage` and `channel` (0-based) tell where in the protocol it was spoken."""

    speaker: Speaker
    sentences: tuple[Sentence, ...]
    stage: str = ""
    channel: int | None = None

    @cached_property
    def text(self) -> str:
        """Return the message as one line."""
        return join_sentences(tuple(sentence.text for sentence in self.sentences))


Transcript = tuple[Turn, ...]


def client_turn(text: str, stage: str = "", channel: int | None = None) -> Turn:
    """Return a client message as a turn."""
    return Turn(Speaker.CLIENT, (Sentence(text),), stage, channel)


def turns_of(transcript: Iterable[Turn], speaker: Speaker) -> list[Turn]:
    """Return the turns of one speaker, in order."""
    return [turn for turn in transcript if turn.speaker is speaker]


def last_text(transcript: Transcript, speaker: Speaker) -> str:
    """Return the latest message of a speaker, or an empty string."""
    return next((turn.text for turn in reversed(transcript) if turn.speaker is speaker), "")
