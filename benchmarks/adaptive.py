"""What does choosing the next comparison bring? Adaptive sampling against all pairs alike, at one budget.

    python -m benchmarks.adaptive [--worlds 300]

In simulated tournaments of eight counselors with known strengths both ways get the same number of
comparisons. Printed: the share of pairs in the wrong order, how often the best is found, the error of
the strengths (in log-odds), and how often the 95 % intervals cover the true strengths.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console
from rich.table import Table

from evaluators.ranking.adaptive import pick_pairs
from evaluators.ranking.bradley_terry import Ranking, rank_counselors
from evaluators.ranking.comparisons import Comparisons
from evaluators.ranking.scores import Array

CLIENTS, SEEDS, SIZE, BATCH, TIES, FITS = 60, 3, 8, 16, 0.3, 200
NAMES = tuple("abcdefgh")
FIELDS = {
    "spread out": np.linspace(1.5, -1.5, SIZE),
    "close together": np.linspace(0.6, -0.6, SIZE),
}
Choose = Callable[[Comparisons, Array, int, np.random.Generator], list[tuple[int, int]]]


@dataclass
class Score:
    """What one way of sampling came to."""

    wrong: list[float] = field(default_factory=list)
    best: list[bool] = field(default_factory=list)
    error: list[float] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)

    def add(self, ranking: Ranking, true: Array) -> None:
        """Compare a ranking with the truth."""
        rows = {row.counselor: row.strength for row in ranking.ranked}
        found = np.array([rows[name].value for name in NAMES])
        upper = np.triu_indices(SIZE, 1)
        self.wrong.append(float(((found[:, None] <= found)[upper]).mean()))
        self.best.append(bool(found.argmax() == 0))
        self.error.append(float(np.sqrt(((found - true) ** 2).mean())))
        for name, strength in zip(NAMES, true, strict=True):
            low, high = rows[name].low, rows[name].high
            self.covered.append(low is not None and high is not None and low <= strength <= high)


def main() -> None:
    """Run all and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=300, help="simulated tournaments per row")
    worlds = parser.parse_args().worlds
    columns = ("field", "comparisons", "sampling", "wrong order", "best found", "error", "covered")
    table = Table(*columns, "seconds")
    for row in _measure_all(worlds):
        table.add_row(*row)
    Console(width=120).print(table)


def _measure_all(worlds: int) -> Iterator[tuple[str, ...]]:
    for name, true in FIELDS.items():
        for budget in (112, 168, 336, 672):
            for how, choose in (("all pairs alike", choose_alike), ("adaptive", choose_telling)):
                started, score = time.perf_counter(), Score()
                rng = np.random.default_rng(5)
                for _ in range(worlds):
                    score.add(rank_counselors(play(rng, true, budget, choose), fits=FITS), true)
                cells = (np.mean(score.wrong), np.mean(score.best), np.mean(score.covered))
                wrong, best, covered = (f"{cell:.1%}" for cell in cells)
                error, took = f"{np.mean(score.error):.2f}", time.perf_counter() - started
                yield name, str(budget), how, wrong, best, error, covered, f"{took:.0f}"


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


if __name__ == "__main__":
    main()
