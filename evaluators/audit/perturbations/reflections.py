"""Take out what shows listening: reflections, restatements, validation, summaries."""

from __future__ import annotations

from agents.hearing.discourse import Ask, HeardSentence, Move, hear_at
from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns, load_words, pick
from evaluators.audit.specimen import Specimen

_LISTENING = {Move.REFLECTION, Move.RESTATEMENT, Move.VALIDATION, Move.SUMMARY}
_STEERING = {Move.HOMEWORK, Move.AGENDA, Move.NEGOTIATION, Move.FEEDBACK}


def drop_reflections(session: Specimen) -> Transcript:
    """Return the session without them; a message of nothing else becomes a bare "Go on."."""
    filler = load_words(session.language)["filler"]

    def edit(i: int, _: Turn) -> list[str]:
        heard = hear_at(session.transcript, i, session.language)
        kept = [part.text for part in heard.sentences if not _listens(part)]
        return kept or [pick(filler, session.draw, i)]

    return edit_turns(session.transcript, Speaker.COUNSELOR, edit)


def _listens(part: HeardSentence) -> bool:
    return part.ask is Ask.NONE and bool(part.moves & _LISTENING) and not part.moves & _STEERING
