"""The one error for bad input: what is wrong, where, and what to do; the CLI exits with 2 on it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_NAMED = 24  # characters; keys are longer, and must not come back from the wrong field


class InputError(Exception):
    """Something the user gave cannot be used: a file, a line, a field, a name.

    `what` is one plain sentence, `where` names file, line, item or field, `todo` says what to do.
    """

    def __init__(self, what: str, *, where: str | None = None, todo: str | None = None) -> None:
        self.what = what
        self.where = where
        self.todo = todo
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  {self.todo}" if self.todo else ""
        return f"{place}{self.what}{advice}"


def shorten(value: object) -> str:
    """Return a value as an error names it; of a long one, which may be a key, only the beginning."""
    text = repr(value)
    return text if len(text) <= LONGEST_NAMED else f"{text[:5]}…"


def suggest(word: str, known: Iterable[str]) -> str:
    """Return "did you mean …?" for the nearest known words, or an empty string."""
    near = get_close_matches(word, list(known), n=3, cutoff=0.45)
    return f"did you mean {' or '.join(near)}?" if near else ""
