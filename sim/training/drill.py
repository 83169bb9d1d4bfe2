"""Exercises in giving words back, put before the sessions that a model from nothing learns from.

In a session few words bear the whole weight of listening, and a small model finds out late that
they can be copied. Here nothing else can be learned: single client messages and what the counselor
gave back of them, content words exchanged at random, so that none can be guessed.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sim.training.dataset import Row

PAIRS = 24  # in a step
SHARE = 0.5  # least share of a sentence's content words that stand in the client's message
EXCHANGED = 0.7  # share of those words that are exchanged
_LEAST = 3  # content words in common
_COMMON = 100  # this many of the most frequent words are no content words
_WORDS = 2500  # this many frequent words are put in place of others
_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"(\[[^\]]+\] )([^\[]+)")
_TAG = re.compile(r"<\w+>|\[[^\]]+\]")
Pair = tuple[str, str, str, frozenset[str]]


def make_drill(rows: Sequence[Row], count: int, seed: int) -> list[Row]:
    """Return `count` exercises of two messages each; pairs are used again.

    Of rows in which nothing is given back there is no exercise, and the list is empty.
    """
    dice = random.Random(seed)
    ranked = [word for word, _ in Counter(_words(rows)).most_common(_WORDS)]
    common, pool = frozenset(ranked[:_COMMON]), ranked[_COMMON:]
    pairs = list(_find_pairs(rows, common))
    if not pairs or not pool:
        return []
    return [{"messages": _exchange(dice.choice(pairs), pool, dice)} for _ in range(count)]


def _words(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        for message in _talk(row):
            if message["role"] != "system":
                yield from _split(_TAG.sub("", message["content"]))


def _talk(row: Row) -> list[dict[str, str]]:
    """Return the messages of a row of any shape; of a pair those of the better one."""
    return [
        message
        for part in ("messages", "prompt", "completion", "chosen")
        for message in row.get(part, [])
    ]


def _split(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _find_pairs(rows: Sequence[Row], common: frozenset[str]) -> Iterator[Pair]:
    """Yield a client's message, tag and words of a sentence that gives it back, and what they share."""
    for row in rows:
        for heard, said in pairwise(_talk(row)):
            if (heard["role"], said["role"]) != ("user", "assistant"):
                continue
            words = frozenset(_split(heard["content"])) - common
            for tag, sentence in _SENTENCE.findall(said["content"]):
                content = [word for word in _split(sentence) if word not in common]
                shared = [word for word in content if word in words]
                if len(shared) >= max(_LEAST, SHARE * len(content)):
                    yield (
                        heard["content"].split("\n\n")[0],
                        tag,
                        sentence.strip(),
                        frozenset(shared),
                    )


def _exchange(pair: Pair, pool: Sequence[str], dice: random.Random) -> list[dict[str, str]]:
    """Return the two messages with most of their common words exchanged for others, in both alike."""
    heard, tag, said, shared = pair
    other = {word: dice.choice(pool) for word in sorted(shared) if dice.random() < EXCHANGED}

    def put(found: re.Match[str]) -> str:
        word = other.get(found[0].lower(), found[0])
        return word.capitalize() if found[0][0].isupper() and word != found[0] else word

    return [
        {"role": "user", "content": _WORD.sub(put, heard)},
        {"role": "assistant", "content": tag + _WORD.sub(put, said)},
    ]
