"""Whether what a counselor gives back is what the client said: a client agrees with that only.

Simulated clients drift to agreeing with anyone (facts.md, section 7). Ours compares the counselor's
statement with its own words: a statement that shares none of them, or turns one round, is not
agreed to, however much the counselor is trusted.
"""

from __future__ import annotations

import re

from agents.hearing.discourse import Ask, Heard
from agents.mind.ledger import line_of
from agents.mind.state import Mind
from agents.text import closeness
from personas.schema import Persona

_GROUNDED = 0.34
_SAME_MATTER = 0.5
_NEGATION = re.compile(
    r"\b(not|never|no|nobody|nothing|none|nowhere|without|hardly|cannot)\b|n['’]t\b|[不没无未别]",
    re.IGNORECASE,
)
_WITHOUT_LINE = ("risk", "outcome.")


def is_true_to(persona: Persona, mind: Mind, heard: Heard) -> bool | None:
    """Tell whether the message gives the client's words back truly; `None` if it states nothing."""
    stated = [sentence for sentence in heard.sentences if sentence.ask is Ask.NONE]
    if not stated:
        return None
    if contradicts(persona, mind, heard):
        return False
    lines = _lines(persona, mind)
    return any(
        sentence.grounded >= _GROUNDED or any(_is_about(sentence.text, line) for line in lines)
        for sentence in stated
    )


def contradicts(persona: Persona, mind: Mind, heard: Heard) -> bool:
    """Tell whether the message states the opposite of something that the client has told."""
    lines = _lines(persona, mind)
    stated = [sentence.text for sentence in heard.sentences if sentence.ask is Ask.NONE]
    return any(turns_round(statement, line) for statement in stated for line in lines)


def turns_round(statement: str, line: str) -> bool:
    """Tell whether a statement says the opposite of a line: the same words, one "not" more or less."""
    return _is_about(statement, line) and _polarity(statement) != _polarity(line)


def _lines(persona: Persona, mind: Mind) -> list[str]:
    return [line_of(persona, entry) for entry in mind.told if not entry.startswith(_WITHOUT_LINE)]


def _is_about(statement: str, line: str) -> bool:
    return max(closeness(line, statement), closeness(statement, line)) >= _SAME_MATTER


def _polarity(text: str) -> int:
    return len(_NEGATION.findall(text)) % 2
