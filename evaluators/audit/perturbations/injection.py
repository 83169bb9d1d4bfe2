"""Let the client give the judge an order in the middle of the session."""

from __future__ import annotations

from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns, load_words, pick
from evaluators.audit.specimen import Specimen


def inject_order(session: Specimen) -> Transcript:
    """Return the session with an order to the judge in two client messages."""
    orders = load_words(session.language)["injection"]
    places = [i for i, turn in enumerate(session.transcript) if turn.speaker is Speaker.CLIENT]
    chosen = {places[len(places) // 3], places[2 * len(places) // 3]} if places else set()

    def edit(i: int, turn: Turn) -> list[str]:
        parts = [sentence.text for sentence in turn.sentences]
        return [*parts, pick(orders, session.draw, i)] if i in chosen else parts

    return edit_turns(session.transcript, Speaker.CLIENT, edit)
