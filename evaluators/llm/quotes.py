"""Evidence quotes held against the transcript: what a judge quotes must have been said.

A quote counts if it stands in one message, whatever its case, spaces, quote marks and end marks.
What is kept are the words of the transcript, so that evidence is always verbatim.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from agents.transcript import Transcript
from evaluators.verdict import Evidence

_MARKS = frozenset("\"'`´“”„‟‘’‚‛«»‹›「」『』〝〞＂＇")


def check_quotes(
    quotes: Iterable[tuple[int, str]], transcript: Transcript
) -> tuple[tuple[Evidence, ...], int]:
    """Return the quotes (message, words) that were said, and how many were not."""
    found = [find_quote(n, quote, transcript) for n, quote in quotes]
    kept = tuple(dict.fromkeys(piece for piece in found if piece is not None))
    return kept, found.count(None)


def find_quote(n: int, quote: str, transcript: Transcript) -> Evidence | None:
    """Return the quote where it was said: in message `n`, else in the first message that has it."""
    core = flatten(quote)[0].strip(" .,;:!?。")
    if not core:
        return None
    whole = re.compile(rf"(?<![a-z0-9]){re.escape(core)}(?![a-z0-9])[.!?。]*")
    for i in sorted(range(len(transcript)), key=lambda i: i != n):
        plain, places = flatten(transcript[i].text)
        if match := whole.search(plain):
            words = transcript[i].text[places[match.start()] : places[match.end() - 1] + 1]
            return Evidence(i, words)
    return None


def flatten(text: str) -> tuple[str, list[int]]:
    """Return the text without case, quote marks and runs of space, and where each sign came from."""
    plain: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if sign in _MARKS:
            continue
        for part in unicodedata.normalize("NFKC", sign).casefold():
            part = " " if part.isspace() else part
            if part != " " or (plain and plain[-1] != " "):
                plain.append(part)
                places.append(place)
    return "".join(plain), places
