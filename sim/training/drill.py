"""Exercises in giving words back, put before the sessions that a model from nothing learns from.

In a session few words bear the whole weight of listening, and a small model finds out late that
they can be copied. Here nothing else can be learned: single client messages and what the counselor
gave back of them, content words exchanged at random, so that none can be guessed.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sim.training.dataset import Row

PAIRS = 8  # in a row
SHARE = 0.5  # least share of a sentence's content words that stand in the client's message
EXCHANGED = 0.7  # share of those words that are exchanged
_LEAST = 3  # content words in common
_COMMON = 100  # this many of the most frequent words are no content words
_WORDS = 2500  # this many frequent words are put in place of others
_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"(\[[^\]]+\] )([^\[]+)")
_TAG = re.compile(r"<\w+>|\[[^\]]+\]")
Pair = tuple[str, str, str, frozenset[str]]


def lay_out_course(rows: Sequence[Row], drill: int, epochs: float, seed: int) -> list[Row]:
    """Return `drill` rows of exercises, then the sessions, `epochs` times, each time in new order."""
    dice = random.Random(seed)
    sessions: list[Row] = []
    exercises = make_drill(rows, drill, dice)
    for _ in range(math.ceil(epochs)):
        sessions += dice.sample(rows, len(rows))
    return exercises + sessions[: math.ceil(len(rows) * epochs)]


def make_drill(rows: Sequence[Row], count: int, dice: random.Random) -> list[Row]:
    """Return conversations of 8 exercises each; pairs are used again.

    Of rows in which nothing is given back there is no exercise, and the list is empty.
    """
    ranked = [word for word, _ in Counter(_words(rows)).most_common(_WORDS)]
    common, pool = frozenset(ranked[:_COMMON]), ranked[_COMMON:]
    pairs = list(_find_pairs(rows, common))
    if not pairs or not pool:
        return []
    return [
        {
            "messages": [
                part for _ in range(PAIRS) for part in _exchange(dice.choice(pairs), pool, dice)
            ]
        }
        for _ in range(count)
    ]


def _words(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        for message in row["messages"]:
            if message["role"] != "system":
                yield from _split(_TAG.sub("", message["content"]))


def _split(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _find_pairs(rows: Sequence[Row], common: frozenset[str]) -> Iterator[Pair]:
    """Yield a client's message, tag and words of a sentence that gives it back, and what they share."""
    for row in rows:
        messages = row["messages"]
        for heard, said in pairwise(messages):
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
