"""What the client means to do next, without its words: the kind of turn, and what it will tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agents.hearing.discourse import Ask


class Act(StrEnum):
    """What kind of turn the client makes."""

    TELL = "tell"
    RATE = "rate"
    CHOOSE = "choose"
    BALANCE = "balance"
    SURFACE = "surface"  # a new thought comes up after a shift
    STUCK = "stuck"
    IMAGINE = "imagine"  # what would follow, what the thought costs or is good for
    PLAN = "plan"  # says yes to a step
    DECLINE = "decline"  # does not
    FEEDBACK = "feedback"
    HOLD_BACK = "hold_back"
    DRY = "dry"
    RISK = "risk"
    FADE = "fade"
    LEAVE = "leave"


@dataclass(frozen=True)
class Intent:
    """The client's next turn without its words.

    `told` are ledger entries, `rating` is 0..100, `chosen` is the thought the client turns to.
    """

    act: Act
    ask: Ask
    told: tuple[str, ...] = ()
    rating: int | None = None
    reason: str = ""
    chosen: int | None = None
