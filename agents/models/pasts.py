"""What a checkpoint has read before: the keys and values of conversations, kept for the next request.

A session's next request repeats the last one and adds to it; what is kept need not be read again.
Knows tensors only by their shape, so that it works without torch.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Past:
    """Keys and values of the tokens `ids`: per layer two tensors (1, heads, tokens, size)."""

    ids: tuple[int, ...]
    layers: tuple[tuple[Any, Any], ...]

    @property
    def size(self) -> int:
        """Return the bytes it takes."""
        return sum(int(part.nbytes) for layer in self.layers for part in layer)

    def cut(self, length: int) -> Past:
        """Return the past of the first `length` tokens, in the same memory."""
        layers = tuple((keys[:, :, :length], values[:, :, :length]) for keys, values in self.layers)
        return Past(self.ids[:length], layers)


class Pasts:
    """The pasts of the conversations last heard of, in at most `room` bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._size = 0
        self._kept: OrderedDict[tuple[int, ...], Past] = OrderedDict()  # least recently used first

    def find(self, ids: tuple[int, ...]) -> Past | None:
        """Return the longest known beginning of `ids`, at most all but the last of them."""
        asked = ids[:-1]
        shares = {kept: count_shared(kept, asked) for kept in self._kept}
        best = max(shares, key=shares.__getitem__, default=())
        if not shares.get(best):
            return None
        self._kept.move_to_end(best)
        return self._kept[best].cut(shares[best])

    def keep(self, past: Past) -> None:
        """Keep a past instead of those it continues; the least recently used ones make room."""
        for ids in [ids for ids in self._kept if past.ids[: len(ids)] == ids]:
            self._size -= self._kept.pop(ids).size
        self._kept[past.ids] = past
        self._size += past.size
        while self._size > self._room:
            self._size -= self._kept.popitem(last=False)[1].size

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._size = 0


def count_shared(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two sequences have in common from the beginning on."""
    lengths = range(1, min(len(one), len(other)) + 1)
    return bisect_left(lengths, True, key=lambda length: one[:length] != other[:length])
