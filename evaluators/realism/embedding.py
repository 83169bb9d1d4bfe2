"""How far apart client messages are in meaning, by the vectors of an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt


def embedding_diversity(vectors: Sequence[Sequence[float]]) -> float | None:
    """Return one minus the mean cosine similarity over all pairs (0 = all alike); `None` under two.

    With unit vectors the sum over all pairs is had from the length of their sum.
    """
    units = [_normalise(vector) for vector in vectors]
    n = len(units)
    if n < 2:
        return None
    total = [sum(column) for column in zip(*units, strict=True)]
    square: float = sum(x * x for x in total)
    return 1 - (square - n) / (n * (n - 1))


def _normalise(vector: Sequence[float]) -> list[float]:
    length = sqrt(sum(x * x for x in vector))
    return [x / length for x in vector] if length else list(vector)
