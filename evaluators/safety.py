"""The safety screen: does a client's message speak of not wanting to live, or of self-harm?

A cue is a reason to ask, not a diagnosis. Figurative talk, plain denials and other people's stories
are let pass; where the words leave doubt, the screen alarms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from agents.text import split_sentences
from evaluators.cues import load_cue, straighten
from personas.schema import Language, Risk


@dataclass(frozen=True)
class _Ear:
    active: re.Pattern[str]
    passive: re.Pattern[str]
    figurative: re.Pattern[str]
    other: re.Pattern[str]
    crowd: re.Pattern[str]
    denied: re.Pattern[str]
    doubted: re.Pattern[str]
    ideation: re.Pattern[str]


@cache
def _ear(language: Language) -> _Ear:
    return _Ear(
        active=load_cue(language, "risk", "active"),
        passive=load_cue(language, "risk", "passive"),
        figurative=load_cue(language, "risk", "figurative"),
        other=load_cue(language, "risk", "other"),
        crowd=load_cue(language, "risk", "crowd"),
        denied=load_cue(language, "risk", "denied"),
        doubted=load_cue(language, "risk", "doubted"),
        ideation=load_cue(language, "risk", "ideation"),
    )


def screen_client(text: str, language: Language) -> Risk:
    """Return the highest risk that one client message speaks of.

    Raises InputError for a language without a lexicon.
    """
    ear = _ear(language)
    levels = [
        level for sentence in split_sentences(straighten(text)) for level in _levels(sentence, ear)
    ]
    return max(levels, key=list(Risk).index, default=Risk.NONE)


def _levels(sentence: str, ear: _Ear) -> Iterator[Risk]:
    for risk, cue in ((Risk.ACTIVE, ear.active), (Risk.PASSIVE, ear.passive)):
        for match in cue.finditer(sentence):
            if _is_meant(sentence, match, ear):
                yield risk


def _is_meant(sentence: str, cue: re.Match[str], ear: _Ear) -> bool:
    """Tell whether a cue is meant literally and of oneself."""
    before = sentence[: cue.start()]
    if ear.other.search(before) or ear.crowd.search(before):
        return False
    joking = _overlaps(ear.figurative, sentence, cue) and not ear.ideation.search(before)
    denied = ear.denied.search(before) and not ear.doubted.search(sentence)
    return not joking and not denied


def _overlaps(pattern: re.Pattern[str], sentence: str, cue: re.Match[str]) -> bool:
    found = pattern.finditer(sentence)
    return any(match.start() < cue.end() and match.end() > cue.start() for match in found)
