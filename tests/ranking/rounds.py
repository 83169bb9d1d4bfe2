"""Simulated tournaments played comparison by comparison, by one way of choosing pairs or another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evaluators.ranking.adaptive import pick_pairs
from evaluators.ranking.comparisons import Comparisons
from evaluators.ranking.scores import Array
from tests.ranking.worlds import NAMES

CLIENTS, SEEDS, SIZE, BATCH, TIES = 60, 3, 8, 16, 0.3
Choose = Callable[[Comparisons, Array, int, np.random.Generator], list[tuple[int, int]]]


def choose_alike(
    known: Comparisons, _: Array, count: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Return the pairs that were compared least, in random order among equals."""
    played, picked = known.played, []
    order = rng.permutation(SIZE * SIZE).reshape(SIZE, SIZE) / SIZE**3
    blocked = np.where(np.triu(np.ones((SIZE, SIZE)), 1) > 0, 0.0, np.inf)
    for _ in range(count):
        i, j = divmod(int((played + order + blocked).argmin()), SIZE)
        picked.append((i, j))
        played[i, j] += 1
    return picked


def choose_telling(
    known: Comparisons, room: Array, count: int, _: np.random.Generator
) -> list[tuple[int, int]]:
    """Return the pairs that adaptive sampling picks."""
    return pick_pairs(known, room, count)


def play(rng: np.random.Generator, true: Array, budget: int, choose: Choose) -> Comparisons:
    """Compare `budget` times, each pair with clients and seeds in an order of its own."""
    shape = (CLIENTS, SIZE, SIZE)
    wins, ties = np.zeros(shape), np.zeros(shape)
    names = tuple(f"client-{n}" for n in range(CLIENTS))
    cells = rng.permuted(np.tile(np.arange(CLIENTS * SEEDS), (SIZE * SIZE, 1)), axis=1)
    known = Comparisons(NAMES, names, wins, ties)
    while (done := int(known.played.sum() / 2)) < budget:
        room = CLIENTS * SEEDS - known.played
        for i, j in choose(known, room, min(BATCH, budget - done), rng):
            client = cells[i * SIZE + j, int(known.played[i, j])] % CLIENTS
            _decide(rng, true[i] - true[j], wins[client], ties[client], (i, j))
    return known


def _decide(
    rng: np.random.Generator, gap: float, wins: Array, ties: Array, pair: tuple[int, int]
) -> None:
    i, j = pair
    odds = np.array([np.exp(gap / 2), np.exp(-gap / 2), 2 * TIES])
    match rng.choice(3, p=odds / odds.sum()):
        case 0:
            wins[i, j] += 1
        case 1:
            wins[j, i] += 1
        case _:
            ties[i, j] += 1
            ties[j, i] += 1
