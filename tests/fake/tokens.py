"""Tokens by a cheap rule, and how many of a prompt's an endpoint would have in its prefix cache."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[一-鿿]|[^\W一-鿿]+|[^\w\s]")
_HEADS = (0, 200)  # characters by which the last message in a place, and the last alike, are found
_MOST_ENTRIES = 500_000


def count_tokens(text: str) -> int:
    """Words, Chinese characters and punctuation marks."""
    return sum(1 for _ in _TOKEN.finditer(text))


def cut_tokens(text: str, most: int) -> str:
    """The text up to its `most`-th token."""
    ends = [match.end() for match in _TOKEN.finditer(text)]
    return text if len(ends) <= most else text[: ends[most - 1]] if most else ""


def shared_chars(text: str, other: str) -> int:
    """The length of what two texts have in common at their beginning."""
    low, high = 0, min(len(text), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if text.startswith(other[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low


class PrefixCache:
    """Remembers the prompts it counted, message by message, and the beginning of a changed message.

    A changed message is compared with the last one that stood in its place, and with the last that
    began like it there: many episodes may share a place, as under a judge's system text.
    """

    def __init__(self) -> None:
        self._tokens: dict[int, int] = {}
        self._latest: dict[int, str] = {}

    def count(self, messages: list[dict[str, str]]) -> tuple[int, int]:
        """Tokens of a prompt, and those among them that an earlier prompt began with."""
        if len(self._tokens) > _MOST_ENTRIES:
            self._tokens.clear()
            self._latest.clear()
        place, total, cached, known = 0, 0, 0, True
        for message in messages:
            text = message["content"]
            here = hash((place, message["role"], text))
            tokens = self._tokens.get(here)
            if known and tokens is None:
                cached, known = total + self._count_shared(place, text), False
            if tokens is None:
                tokens = self._tokens[here] = count_tokens(text)
            for chars in _HEADS:
                self._latest[hash((place, text[:chars]))] = text
            place, total = here, total + tokens
        return total, total if known else cached

    def _count_shared(self, place: int, text: str) -> int:
        before = (self._latest.get(hash((place, text[:chars])), "") for chars in _HEADS)
        return count_tokens(text[: max(shared_chars(text, other) for other in before)])
