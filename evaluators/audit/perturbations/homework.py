"""Take out what the counselor leaves the client to do."""

from __future__ import annotations

from agents.hearing.discourse import Ask, HeardSentence, Move, hear_at
from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns, load_words, pick
from evaluators.audit.specimen import Specimen


def drop_homework(session: Specimen) -> Transcript:
    """Return the session without its tasks; what the client answered to them stays."""
    filler = load_words(session.language)["filler"]

    def edit(i: int, _: Turn) -> list[str]:
        heard = hear_at(session.transcript, i, session.language)
        kept = [part.text for part in heard.sentences if not _sets_task(part)]
        return kept or [pick(filler, session.draw, i)]

    return edit_turns(session.transcript, Speaker.COUNSELOR, edit)


def _sets_task(part: HeardSentence) -> bool:
    return Move.HOMEWORK in part.moves or part.ask is Ask.PLAN
