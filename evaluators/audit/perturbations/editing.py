"""What the changes share: going through one side's messages, and the sentences they put in."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from agents.transcript import Sentence, Speaker, Transcript, Turn
from personas.errors import InputError
from personas.schema import Language

_FOLDER = Path(__file__).parent / "words"
Edit = Callable[[int, Turn], Sequence[str]]


@cache
def load_words(language: Language) -> dict[str, Any]:
    """Return the sentences and rewordings of a language. Raises InputError where there are none."""
    path = _FOLDER / f"{language}.toml"
    if not path.exists():
        raise InputError(f"no changes are written for language {language!r}", todo="audit in en")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def edit_turns(transcript: Transcript, speaker: Speaker, edit: Edit) -> Transcript:
    """Return the transcript with one side's messages told anew; `edit` gets index and message."""
    return tuple(
        retell(turn, edit(i, turn)) if turn.speaker is speaker else turn
        for i, turn in enumerate(transcript)
    )


def retell(turn: Turn, sentences: Sequence[str]) -> Turn:
    """Return a message with other sentences; strategy labels go, since they no longer hold."""
    return replace(turn, sentences=tuple(Sentence(text) for text in sentences))


def pick(sentences: Sequence[str], draw: int, place: int) -> str:
    """Return the sentence for a place, so that neighbouring places get different ones."""
    return sentences[(draw + place) % len(sentences)]


def counselor_places(transcript: Transcript) -> list[int]:
    """Return the indices of the counselor's messages after the client's first words."""
    speakers = [turn.speaker for turn in transcript]
    if Speaker.CLIENT not in speakers:
        return []
    first = speakers.index(Speaker.CLIENT)
    return [i for i in range(first, len(speakers)) if speakers[i] is Speaker.COUNSELOR]
