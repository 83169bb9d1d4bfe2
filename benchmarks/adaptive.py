"""What does choosing the next comparison bring? Adaptive sampling against all pairs alike, at one budget.

    python -m benchmarks.adaptive [--worlds 300]

In simulated tournaments of eight counselors with known strengths both ways get the same number of
comparisons. Printed: the share of pairs in the wrong order, how often the best is found, the error of
the strengths (in log-odds), and how often the 95 % intervals cover the true strengths.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console
from rich.table import Table

from evaluators.ranking.bradley_terry import Ranking, rank_counselors
from evaluators.ranking.scores import Array
from tests.ranking.rounds import SIZE, choose_alike, choose_telling, play
from tests.ranking.worlds import NAMES

FITS = 100
FIELDS = {
    "spread out": np.linspace(1.5, -1.5, SIZE),
    "close together": np.linspace(0.6, -0.6, SIZE),
}


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
        for budget in (168, 336, 672):
            for how, choose in (("all pairs alike", choose_alike), ("adaptive", choose_telling)):
                started, score = time.perf_counter(), Score()
                rng = np.random.default_rng(5)
                for _ in range(worlds):
                    score.add(rank_counselors(play(rng, true, budget, choose), fits=FITS), true)
                cells = (np.mean(score.wrong), np.mean(score.best), np.mean(score.covered))
                wrong, best, covered = (f"{cell:.1%}" for cell in cells)
                error, took = f"{np.mean(score.error):.2f}", time.perf_counter() - started
                yield name, str(budget), how, wrong, best, error, covered, f"{took:.0f}"


if __name__ == "__main__":
    main()
