"""Do the tournament's statistics keep their word? Simulated tournaments with known truth.

    python -m benchmarks.ranking [--worlds 1000]

Prints how often 95 % intervals cover what is true (differences of means, Bradley–Terry strengths with
and without clients' own tastes), how often equal counselors are told apart, and what happens when
episodes are treated as independent: the baseline, in the same worlds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from math import sqrt

import numpy as np
from rich.console import Console
from rich.table import Table

from evaluators.ranking.bradley_terry import fit, rank_counselors
from evaluators.ranking.comparisons import Comparisons
from evaluators.ranking.paired import compare_all
from evaluators.ranking.resampling import mean_interval
from tests.ranking.worlds import NAMES, make_comparisons, make_scores, true_differences

TRUE = (0.6, 0.2, -0.2, -0.6)
SEED = 11
Hits = list[bool]


def main() -> None:
    """Run all checks and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1000, help="simulated tournaments per row")
    worlds = parser.parse_args().worlds
    table = Table("what", "share", "± Monte Carlo", "over", "should be", "seconds")
    for name, hits, should in _check_all(worlds):
        started = time.perf_counter()
        found = list(hits)
        share = float(np.mean(found))
        error = 1.96 * sqrt(share * (1 - share) / worlds)
        took = time.perf_counter() - started
        row = f"{share:.1%}", f"{error:.1%}", str(len(found)), should, f"{took:.0f}"
        table.add_row(name, *row)
    Console(width=120).print(table)


def _check_all(worlds: int) -> Iterator[tuple[str, Iterator[bool], str]]:
    yield (
        "difference of means covered, 40 clients × 2 seeds",
        _cover_differences(worlds, 40),
        "93–97 %",
    )
    yield (
        "difference of means covered, 12 clients × 2 seeds",
        _cover_differences(worlds, 12),
        "93–97 %",
    )
    yield "mean covered, clients resampled", _cover_means(worlds, clustered=True), "93–97 %"
    yield (
        "mean covered, episodes as if independent",
        _cover_means(worlds, clustered=False),
        "(baseline)",
    )
    yield "BT strength covered", _cover_strengths(worlds, 0.0), "93–97 %"
    yield "BT strength covered, clients with own tastes", _cover_strengths(worlds, 0.7), "93–97 %"
    yield "… comparisons as if independent", _cover_strengths(worlds, 0.7, naive=True), "(baseline)"
    yield "any of 6 equal pairs told apart (Holm)", _find_alarms(worlds), "≤ 5 %"


def _cover_differences(worlds: int, clients: int) -> Iterator[bool]:
    rng, truth = np.random.default_rng(SEED), true_differences(TRUE)
    for _ in range(worlds):
        for row in compare_all(make_scores(rng, TRUE, clients=clients)):
            yield _covers(row.mean.low, row.mean.high, truth[row.first, row.second])


def _cover_means(worlds: int, *, clustered: bool) -> Iterator[bool]:
    rng = np.random.default_rng(SEED)
    for _ in range(worlds):
        scores = make_scores(rng, (0.0,), clients=30, seeds=3)
        found = mean_interval(scores.by_client[0] if clustered else scores.values[0].ravel())
        yield _covers(found.low, found.high, 3.0)


def _cover_strengths(worlds: int, taste: float, *, naive: bool = False) -> Iterator[bool]:
    rng = np.random.default_rng(SEED)
    many = make_comparisons(np.random.default_rng(0), TRUE, clients=60_000, taste=taste)
    truth = fit(many.wins.sum(axis=0), many.ties.sum(axis=0))
    for _ in range(worlds):
        world = make_comparisons(rng, TRUE, seeds=3, taste=taste)
        for row in rank_counselors(_split(world) if naive else world).ranked:
            true = float(truth[NAMES.index(row.counselor)])
            yield _covers(row.strength.low, row.strength.high, true)


def _split(world: Comparisons) -> Comparisons:
    """Every comparison as a client of its own: what ignoring the clients amounts to."""
    wins, ties, names = [], [], []
    size = len(world.counselors)
    for c in range(len(world.clients)):
        for i in range(size):
            for j in range(size):
                for _ in range(int(world.wins[c, i, j])):
                    alone = np.zeros((size, size))
                    alone[i, j] = 1
                    wins.append(alone)
                    ties.append(np.zeros((size, size)))
                for _ in range(int(world.ties[c, i, j]) if i < j else 0):
                    alone = np.zeros((size, size))
                    alone[i, j] = alone[j, i] = 1
                    ties.append(alone)
                    wins.append(np.zeros((size, size)))
    names = [str(n) for n in range(len(wins))]
    return Comparisons(world.counselors, tuple(names), np.array(wins), np.array(ties))


def _find_alarms(worlds: int) -> Iterator[bool]:
    rng = np.random.default_rng(SEED)
    for _ in range(worlds):
        rows = compare_all(make_scores(rng, (0.0, 0.0, 0.0, 0.0)))
        yield any(row.p_holm < 0.05 for row in rows)


def _covers(low: float | None, high: float | None, true: float) -> bool:
    return low is not None and high is not None and low <= true <= high


if __name__ == "__main__":
    main()
