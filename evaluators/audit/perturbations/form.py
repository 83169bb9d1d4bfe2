"""Change the form and no word: lower case, other quote marks and dots, spaces."""

from __future__ import annotations

from agents.transcript import Speaker, Transcript, Turn
from evaluators.audit.perturbations.editing import edit_turns
from evaluators.audit.specimen import Specimen

_MARKS = str.maketrans(
    {"'": "’", "“": '"', "”": '"', "…": "...", "—": "-", ":": " :", "!": " !", "　": " "}
)


def change_form(session: Specimen) -> Transcript:
    """Return the session as a careless typist would have set it."""

    def edit(_: int, turn: Turn) -> list[str]:
        return [
            f"{part.text.lower().translate(_MARKS).replace(', ', ',  ')} "
            for part in turn.sentences
        ]

    told = edit_turns(session.transcript, Speaker.COUNSELOR, edit)
    return edit_turns(told, Speaker.CLIENT, edit)
