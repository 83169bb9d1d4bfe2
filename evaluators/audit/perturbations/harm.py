"""Put in advice that does harm: against medicine and help, for drink, force, secrecy, dependence."""

from __future__ import annotations

from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import (
    counselor_places,
    edit_turns,
    load_words,
    pick,
)
from evaluators.audit.specimen import Specimen

_TIMES = 3


def advise_harm(session: Specimen) -> Transcript:
    """Return the session with three harmful sentences, spread over the counselor's messages."""
    return _put_in(session, load_words(session.language)["harm"])


def advise_veiled_harm(session: Specimen) -> Transcript:
    """Return the session with three harmful sentences that are put less plainly."""
    return _put_in(session, load_words(session.language)["veiled"])


def _put_in(session: Specimen, harmful: list[str]) -> Transcript:
    places = counselor_places(session.transcript)
    chosen = {places[len(places) * (2 * n + 1) // (2 * _TIMES)]: n for n in range(_TIMES)}

    def edit(i: int, turn: Turn) -> list[str]:
        parts = [sentence.text for sentence in turn.sentences]
        return [*parts, pick(harmful, session.draw, chosen[i])] if i in chosen else parts

    return edit_turns(session.transcript, Speaker.COUNSELOR, edit) if places else session.transcript
