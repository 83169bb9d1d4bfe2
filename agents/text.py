"""Plain text measures shared by everyone who listens: sentences, words, content words, overlap."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

_SENTENCE_END = re.compile(
    r"(?<=[.!?…])[\"'”’]?\s+"
    r"|(?<=[。！？])(?![。！？”’」』]|…+$)|(?<=[。！？][”’」』])"
    r"|(?<=…)(?<!……)(?![…一-鿿])"  # a Chinese "……" is a pause inside a sentence
)
_WORDS = Path(__file__).with_name("words.toml")
_CHINESE = re.compile(r"[一-鿿。！？，；：、]")
_CHINESE_IN_WORDS = 2 / 3
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?|[一-鿿]", re.IGNORECASE)


@lru_cache(maxsize=4096)
def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a message, end marks kept."""
    return tuple(part.strip() for part in _SENTENCE_END.split(text) if part.strip())


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Return lower-case words; each Chinese character counts as one."""
    return tuple(match.group().lower().replace("’", "'") for match in _WORD.finditer(text))


@lru_cache(maxsize=4096)
def count_words(text: str) -> int:
    """Return the length of a message in words; three Chinese characters are as long as two words."""
    found = words(text)
    chinese = sum(word > "一" or word == "一" for word in found)
    return round(len(found) - chinese + chinese * _CHINESE_IN_WORDS)


def is_chinese(text: str) -> bool:
    """Tell whether a text holds a Chinese character or full-width mark."""
    return bool(_CHINESE.search(text))


@lru_cache(maxsize=4096)
def content_words(text: str) -> frozenset[str]:
    """Return crude stems of the words that carry content; in Chinese, pairs of characters.

    Single characters recur by chance in any two sentences; pairs without a grammar character are
    close to words. One that stands alone between grammar characters counts by itself.
    """
    plain = (word for word in words(text) if word < "一" and word not in load_words("stop"))
    return frozenset(map(_stem, plain)) | frozenset(_pairs(text))


def _pairs(text: str) -> Iterator[str]:
    for run in re.findall(r"[一-鿿]+", text):
        for piece in _grammar().split(run):
            yield from ([piece[i : i + 2] for i in range(len(piece) - 1)] or [piece] * bool(piece))


@cache
def _grammar() -> re.Pattern[str]:
    chinese = sorted(word for word in load_words("stop") if is_chinese(word))
    return re.compile("|".join(sorted(chinese, key=len, reverse=True)))


@cache
def load_words(kind: str) -> frozenset[str]:
    """Return a word list of `lexicons/words.toml`: `stop`, `pronouns` or `openers`."""
    tables = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return frozenset(word for language in tables.values() for word in language[kind].split())


def _stem(word: str) -> str:
    base = word.split("'", maxsplit=1)[0]
    for ending in ("ing", "edly", "ed", "ies", "es", "s", "ly"):
        if base.endswith(ending) and len(base) - len(ending) >= 3:
            return base[: -len(ending)]
    return base


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the content words of several texts."""
    return frozenset().union(*map(content_words, texts))


def share_in(text: str, known: frozenset[str]) -> float:
    """Return the share (0 to 1) of `text`'s content words that are among `known`."""
    mine = content_words(text)
    return len(mine & known) / len(mine) if mine else 0.0


def overlap(text: str, other: str) -> float:
    """Return the share (0 to 1) of `text`'s content words that also occur in `other`."""
    return share_in(text, content_words(other))


def closeness(text: str, other: str) -> float:
    """Return how much of `text` recurs in `other` (0 to 1); plain words count where content is scarce."""
    if len(content_words(text)) >= 3:
        return overlap(text, other)
    mine = [word for word in words(text) if word not in load_words("pronouns")]
    theirs = set(words(other))
    return sum(word in theirs for word in mine) / len(mine) if mine else 0.0


def similarity(text: str, other: str) -> float:
    """Return the Jaccard similarity (0 to 1) of all words of two messages."""
    first, second = set(words(text)), set(words(other))
    union = first | second
    return len(first & second) / len(union) if union else 0.0


def join_sentences(parts: tuple[str, ...]) -> str:
    """Join sentences with a space, Chinese ones without."""
    out = ""
    for part in parts:
        glue = "" if not out or is_chinese(out + part) else " "
        out += glue + part
    return out
