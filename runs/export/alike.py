"""Sessions that say nearly the same: three words in a row, compared by Jaccard, from small sketches.

A sketch keeps the 256 smallest hashes of a session's shingles (bottom-k, Cohen & Kaplan 2007); the
share that two of them have in common estimates the Jaccard index to within about 0.05 (twice the
standard error at 0.8). Only sessions of one client form are compared: words of others differ anyway.
"""

from __future__ import annotations

import heapq
import zlib
from array import array
from collections import defaultdict

from agents.text import words
from agents.transcript import Transcript

NEAR = 0.8
_SIZE = 256
_LENGTH = 3


class Repeats:
    """Remembers the sketches of all sessions that were let through, two KiB each."""

    def __init__(self) -> None:
        self._sketches: dict[str, list[array[int]]] = defaultdict(list)

    def is_repeated(self, form: str, transcript: Transcript) -> bool:
        """Tell whether an earlier session of the form is at least 0.8 alike; if not, remember it."""
        sketch = draw_sketch(transcript)
        if any(compare(sketch, other) >= NEAR for other in self._sketches[form]):
            return True
        self._sketches[form].append(sketch)
        return False


def draw_sketch(transcript: Transcript) -> array[int]:
    """Return the smallest hashes of a session's shingles, ascending."""
    said = [word for turn in transcript for word in (turn.speaker.value, *words(turn.text))]
    shingles = {
        " ".join(said[place : place + _LENGTH]) for place in range(max(1, len(said) - _LENGTH + 1))
    }
    hashes = {zlib.crc32(shingle.encode()) for shingle in shingles}
    return array("Q", heapq.nsmallest(_SIZE, hashes))


def compare(one: array[int], other: array[int]) -> float:
    """Return the estimated Jaccard index (0 to 1) of two sessions."""
    first, second = set(one), set(other)
    smallest = heapq.nsmallest(_SIZE, first | second)
    shared = first & second
    return sum(hash_ in shared for hash_ in smallest) / len(smallest)
