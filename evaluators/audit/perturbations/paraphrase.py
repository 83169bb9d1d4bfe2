"""Say the same in slightly other words, by rules that change no meaning."""

from __future__ import annotations

import re
from functools import cache

from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns, load_words
from evaluators.audit.specimen import Specimen
from personas.schema import Language

Rules = tuple[tuple[re.Pattern[str], str], ...]


def reword(session: Specimen) -> Transcript:
    """Return the session with both sides' turns of phrase exchanged for like ones."""

    def edit(_: int, turn: Turn) -> list[str]:
        return [say_otherwise(part.text, session.language) for part in turn.sentences]

    told = edit_turns(session.transcript, Speaker.COUNSELOR, edit)
    return edit_turns(told, Speaker.CLIENT, edit)


def say_otherwise(text: str, language: Language) -> str:
    """Return a sentence reworded; a capital at its start stays one."""
    said = text.replace("’", "'")
    for pattern, other in _load_rules(language):
        said = pattern.sub(other, said)
    return said[:1].upper() + said[1:] if text[:1].isupper() else said


@cache
def _load_rules(language: Language) -> Rules:
    rows = load_words(language)["rewordings"]
    return tuple((re.compile(pattern, re.IGNORECASE), other) for pattern, other in rows)
