"""The safety screen: does a client's message speak of not wanting to live, or of self-harm?

A cue is a reason to ask, not a diagnosis. Figurative talk, plain denials and other people's stories
are let pass; where the words leave doubt, the screen alarms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.text import split_sentences
from evaluators.scripted.cues import load_cue, straighten
from personas.schema import Language, Risk


def screen_client(text: str, language: Language) -> Risk:
    """Return the highest risk that one client message speaks of.

    Raises InputError for a language without a lexicon.
    """
    levels = [
        level
        for sentence in split_sentences(straighten(text))
        for level in _levels(sentence, language)
    ]
    return max(levels, key=list(Risk).index, default=Risk.NONE)


def _levels(sentence: str, language: Language) -> Iterator[Risk]:
    for risk in (Risk.ACTIVE, Risk.PASSIVE):
        for match in load_cue(language, "risk", risk.value).finditer(sentence):
            if _is_meant(sentence, match, language):
                yield risk


def _is_meant(sentence: str, cue: re.Match[str], language: Language) -> bool:
    """Tell whether a cue is meant literally and of oneself."""
    before = sentence[: cue.start()]
    if _holds("other", before, language) or _holds("crowd", before, language):
        return False
    figurative = _overlaps(load_cue(language, "risk", "figurative"), sentence, cue)
    joking = figurative and not _holds("ideation", before, language)
    denied = _holds("denied", before, language) and not _holds("doubted", sentence, language)
    return not joking and not denied


def _holds(name: str, text: str, language: Language) -> bool:
    return load_cue(language, "risk", name).search(text) is not None


def _overlaps(pattern: re.Pattern[str], sentence: str, cue: re.Match[str]) -> bool:
    found = pattern.finditer(sentence)
    return any(match.start() < cue.end() and match.end() > cue.start() for match in found)
