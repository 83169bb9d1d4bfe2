"""Put a piece of a lecture in the place of every question."""

from __future__ import annotations

from agents.hearing.discourse import Ask, classify_ask
from agents.text import split_sentences
from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns, load_words, pick
from evaluators.audit.specimen import Specimen


def lecture_instead(session: Specimen) -> Transcript:
    """Return the session with its questions answered by the counselor itself, in general terms."""
    lessons = load_words(session.language)["lectures"]

    def edit(i: int, turn: Turn) -> list[str]:
        parts = split_sentences(turn.text)
        told = [part for part in parts if classify_ask(part, session.language) is Ask.NONE]
        lesson = [pick(lessons, session.draw, i)] if len(told) < len(parts) else []
        return told + lesson

    return edit_turns(session.transcript, Speaker.COUNSELOR, edit)
