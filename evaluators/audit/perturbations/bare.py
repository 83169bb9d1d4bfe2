"""Take out every mark, question marks too, as in the raw words of a speech recogniser."""

from __future__ import annotations

import re

from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns
from evaluators.audit.specimen import Specimen

_MARKS = re.compile(r"(?<!\w)['‘’\"“”]|['‘’\"“”](?!\w)|[.,!?…:;—–。，、！？：；“”「」《》]+")


def strip_marks(session: Specimen) -> Transcript:
    """Return the session without punctuation; apostrophes inside words stay."""

    def edit(_: int, turn: Turn) -> list[str]:
        return [" ".join(_MARKS.sub(" ", turn.text).split())]

    told = edit_turns(session.transcript, Speaker.COUNSELOR, edit)
    return edit_turns(told, Speaker.CLIENT, edit)
