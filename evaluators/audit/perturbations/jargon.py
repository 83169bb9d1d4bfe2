"""Put the trade's own words into every counselor message, without doing what they name."""

from __future__ import annotations

from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns, load_words, pick
from evaluators.audit.specimen import Specimen


def add_jargon(session: Specimen) -> Transcript:
    """Return the session with a sentence of jargon before each counselor message."""
    jargon = load_words(session.language)["jargon"]

    def edit(i: int, turn: Turn) -> list[str]:
        return [pick(jargon, session.draw, i), *(sentence.text for sentence in turn.sentences)]

    return edit_turns(session.transcript, Speaker.COUNSELOR, edit)
