"""Simulated tournaments with known truth: what intervals and tests should find in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluators.ranking.comparisons import Comparisons
from evaluators.ranking.scores import Scores

NAMES = tuple("abcdefgh")


def make_scores(
    rng: np.random.Generator,
    strengths: Sequence[float],
    clients: int = 40,
    seeds: int = 2,
    *,
    client: float = 0.6,
    match: float = 0.5,
    seed: float = 0.4,
) -> Scores:
    """Scores of a tournament; `client`, `match` and `seed` are standard deviations."""
    size = len(strengths)
    values = (
        3
        + np.array(strengths)[:, None, None]
        + rng.normal(0, client, (1, clients, 1))
        + rng.normal(0, match, (size, clients, 1))
        + rng.normal(0, seed, (size, clients, seeds))
    )
    names = tuple(f"client-{n}" for n in range(clients))
    return Scores(NAMES[:size], names, tuple(range(seeds)), values)


def make_comparisons(
    rng: np.random.Generator,
    strengths: Sequence[float],
    clients: int = 40,
    seeds: int = 2,
    *,
    taste: float = 0.0,
    ties: float = 0.3,
) -> Comparisons:
    """Outcomes of Davidson's model; `taste` is the deviation of a client's own strengths."""
    size = len(strengths)
    own = np.array(strengths) + rng.normal(0, taste, (clients, size)) if taste else None
    power = np.exp(own if own is not None else np.tile(strengths, (clients, 1)))
    wins = np.zeros((clients, size, size))
    tied = np.zeros((clients, size, size))
    for i in range(size):
        for j in range(i):
            one, other = power[:, i], power[:, j]
            tie = 2 * ties * np.sqrt(one * other)
            chances = np.stack([one, other, tie], axis=1)
            for c, counts in enumerate(rng.multinomial(seeds, chances / chances.sum(1)[:, None])):
                wins[c, i, j], wins[c, j, i] = counts[0], counts[1]
                tied[c, i, j] = tied[c, j, i] = counts[2]
    names = tuple(f"client-{n}" for n in range(clients))
    return Comparisons(NAMES[:size], names, wins, tied)


def true_differences(strengths: Sequence[float]) -> dict[tuple[str, str], float]:
    return {
        (NAMES[i], NAMES[j]): strengths[i] - strengths[j]
        for i in range(len(strengths))
        for j in range(i + 1, len(strengths))
    }
