"""Which of two sessions was the better one: a judge sees both, in both orders, and not whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from agents.transcript import Transcript
from evaluators.scripted.ctrs import rate_ctrs
from personas.schema import Language

MARGIN = 0.25
"""CTRS points within which two sessions tie."""
Choice = Literal["first", "second", "tie"]
_KEPT = 128  # sessions whose score is remembered: those of one client meet one after another
_TURNED: dict[Choice, Choice] = {"first": "second", "second": "first", "tie": "tie"}


@dataclass(frozen=True)
class Preference:
    """The better of the two sessions in the order shown; `None` is missing, and `reason` says why."""

    choice: Choice | None
    reason: str


class PairJudge(Protocol):
    """Compares two sessions with the same client. `voice` is `scripted` or a model id."""

    @property
    def name(self) -> str:
        """Return the name that comparisons carry."""
        ...

    @property
    def voice(self) -> str:
        """Return `scripted` or the id of the model that compares."""
        ...

    async def compare(
        self, first: Transcript, second: Transcript, language: Language
    ) -> Preference:
        """Return which session is better; what could not be decided is missing, never a tie."""
        ...


@dataclass(frozen=True)
class ScriptedPairJudge:
    """The scripted CTRS rater on both sessions: the higher mean wins, within the margin they tie."""

    name: str = "scripted"
    voice: str = "scripted"

    async def compare(
        self, first: Transcript, second: Transcript, language: Language
    ) -> Preference:
        """Return the preference; missing if one of the sessions is too short to be rated."""
        return compare_by_rules(first, second, language)


def compare_by_rules(first: Transcript, second: Transcript, language: Language) -> Preference:
    """Return the session with the higher CTRS mean, a tie within the margin."""
    one, other = _rate(first, language), _rate(second, language)
    if one is None or other is None:
        return Preference(None, _SHORT[language])
    reason = f"CTRS {one:.2f} : {other:.2f}"
    if abs(one - other) < MARGIN:
        return Preference("tie", reason)
    return Preference("first" if one > other else "second", reason)


_SHORT: dict[Language, str] = {
    "en": "one of the sessions is too short to be rated",
    "zh": "有一段会谈太短，没法评",
}


@lru_cache(maxsize=_KEPT)
def _rate(transcript: Transcript, language: Language) -> float | None:
    return rate_ctrs(transcript, language).mean


def agree(forward: Preference, backward: Preference) -> bool | None:
    """Tell whether a judge stuck to its choice when the order was turned; `None` if one is missing.

    `backward` saw the sessions of `forward` the other way round.
    """
    if forward.choice is None or backward.choice is None:
        return None
    return forward.choice == _TURNED[backward.choice]


def settle(forward: Preference, backward: Preference) -> float | None:
    """Return 1 if the first session of `forward` won, 0 if it lost, 0.5 for a tie, `None` = missing.

    A judge that changes its mind with the order has not seen a difference: that is a tie.
    """
    kept = agree(forward, backward)
    if kept is None:
        return None
    return {"first": 1.0, "second": 0.0, "tie": 0.5}[forward.choice or "tie"] if kept else 0.5
