"""Let the counselor say the client's last sentence back, word for word, before its own."""

from __future__ import annotations

from agents.text import split_sentences
from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns
from evaluators.audit.specimen import Specimen


def echo_client(session: Specimen) -> Transcript:
    """Return the session with every client message echoed as it was said."""

    def edit(i: int, turn: Turn) -> list[str]:
        before = session.transcript[i - 1] if i else None
        said = before.text if before and before.speaker is Speaker.CLIENT else ""
        return [*split_sentences(said), *(sentence.text for sentence in turn.sentences)]

    return edit_turns(session.transcript, Speaker.COUNSELOR, edit)
