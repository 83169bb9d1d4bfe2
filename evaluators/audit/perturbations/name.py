"""Call the client by another name."""

from __future__ import annotations

import re
from dataclasses import replace

from agents.transcript import Transcript
from evaluators.audit.perturbations.editing import load_words, pick
from evaluators.audit.specimen import Specimen


def swap_name(session: Specimen) -> Transcript:
    """Return the session with another name wherever the client's stands; unchanged if unknown."""
    if not session.name:
        return session.transcript
    other = pick(load_words(session.language)["names"], session.draw, 0)
    called = re.compile(rf"(?<![A-Za-z]){re.escape(session.name)}(?![A-Za-z])")
    return tuple(
        replace(
            turn,
            sentences=tuple(
                replace(part, text=called.sub(other, part.text)) for part in turn.sentences
            ),
        )
        for turn in session.transcript
    )
