"""Lengths that hold in both languages: limits are written in English words and stretched for Chinese.

`agents.text.words` counts each Chinese character as a word, and a character says less than a word:
parallel counselling sentences of ours need about 1.6 characters for one English word.
"""

from __future__ import annotations

from personas.schema import Language

_CHARACTERS_PER_WORD = 1.6


def stretch(english_words: int, language: Language) -> int:
    """Return a length given in English words as a count of what `words` counts in the language."""
    return round(english_words * _CHARACTERS_PER_WORD) if language == "zh" else english_words
