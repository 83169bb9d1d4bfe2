"""How much the client says: words per message, characters in Chinese, and the share of the talk."""

from __future__ import annotations

import re

from agents.transcript import Speaker, Transcript, turns_of

_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+(?:['’-][^\W\u4e00-\u9fff]+)*")


def count_words(text: str) -> int:
    """Return the number of words; a Chinese character counts as one."""
    return sum(1 for _ in _WORD.finditer(text))


def client_turn_lengths(transcript: Transcript) -> list[int]:
    """Return the words of every client message."""
    return [count_words(turn.text) for turn in turns_of(transcript, Speaker.CLIENT)]


def counselor_words(transcript: Transcript) -> int:
    """Return all words of the counselor."""
    return sum(count_words(turn.text) for turn in turns_of(transcript, Speaker.COUNSELOR))
