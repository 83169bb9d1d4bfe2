"""Make every counselor message longer without saying more."""

from __future__ import annotations

from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns, load_words, pick
from evaluators.audit.specimen import Specimen


def add_padding(session: Specimen) -> Transcript:
    """Return the session with two empty sentences more in each counselor message."""
    padding = load_words(session.language)["padding"]

    def edit(i: int, turn: Turn) -> list[str]:
        parts = [sentence.text for sentence in turn.sentences]
        return [pick(padding, session.draw, i), *parts, pick(padding, session.draw, i + 1)]

    return edit_turns(session.transcript, Speaker.COUNSELOR, edit)
