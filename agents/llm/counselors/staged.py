"""Messages that say by themselves at which step they are: `<defense> [Restatement] … [Question] …`.

This is how a counselor is trained that keeps its own course, without a supervisor: first it writes
the step, then what it says there. Read back and shown again in the same form, so that what a
model sees when it plays is what it saw when it was trained.
"""

from __future__ import annotations

import re

from agents.tagging import tag_turn
from agents.transcript import Turn
from personas.schema import Language

STAGES = (
    "automatic_thoughts",
    "intermediate_beliefs",
    "core_beliefs",
    "defense",
    "prosecution",
    "verdict",
    "repair",
    "closing",
)
_TAG = re.compile(rf"\A\s*<({'|'.join(STAGES)})>\s*")


def show_staged(turn: Turn, language: Language) -> str:
    """Return a turn with its step and tags; one that was spoken at no step, as it was spoken."""
    if turn.stage not in STAGES:
        return turn.text
    return f"<{turn.stage}> {tag_turn(turn, language)}"


def split_stage(text: str) -> tuple[str, str]:
    """Return the step a reply begins with, empty if it names none, and the rest of it."""
    found = _TAG.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)
