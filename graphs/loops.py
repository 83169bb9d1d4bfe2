"""The loop detector: sees when a session goes round in circles, so that it ends as such."""

from __future__ import annotations

from itertools import combinations

from agents.text import similarity
from agents.transcript import Speaker, Transcript, turns_of

_WINDOW = 3
_ALIKE = 0.9


def is_looping(transcript: Transcript) -> bool:
    """Tell whether the counselor's last three messages, or every other one of six, are alike."""
    said = [turn.text for turn in turns_of(transcript, Speaker.COUNSELOR)]
    return _alike(said[-_WINDOW:]) or (
        _alike(said[-2 * _WINDOW :][::2]) and _alike(said[-2 * _WINDOW :][1::2])
    )


def _alike(messages: list[str]) -> bool:
    if len(messages) < _WINDOW:
        return False
    return all(similarity(a, b) >= _ALIKE for a, b in combinations(messages, 2))
