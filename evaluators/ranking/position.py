"""How far a pairwise judge looks at the place instead of the session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

from evaluators.pairwise import Preference, agree
from evaluators.ranking.resampling import Interval
from evaluators.ranking.scores import Array


@dataclass(frozen=True)
class Shown:
    """One pair before one judge, in both orders; `client` is what goes together in the intervals."""

    judge: str
    client: str
    forward: Preference
    backward: Preference


@dataclass(frozen=True)
class Position:
    """One judge. `consistency` is the share of pairs with the same answer in both orders, `first` the
    share of choices (ties left out) that fell on the session shown first: 0.5 is even. Each `None`
    where there is nothing to take a share of. `missing` pairs had an answer that could not be read.
    """

    judge: str
    pairs: int
    missing: int
    consistency: Interval | None
    first: Interval | None


def measure_positions(shown: Iterable[Shown]) -> tuple[Position, ...]:
    """Return the position statistics of every judge, in the order of their first pair."""
    by_judge: dict[str, list[Shown]] = {}
    for row in shown:
        by_judge.setdefault(row.judge, []).append(row)
    return tuple(_measure(judge, rows) for judge, rows in by_judge.items())


def _measure(judge: str, rows: list[Shown]) -> Position:
    told = [(row, same) for row in rows if (same := agree(row.forward, row.backward)) is not None]
    consistency = _share([(row.client, float(same)) for row, same in told])
    choices = [(row, seen.choice) for row in rows for seen in (row.forward, row.backward)]
    decided = [(row.client, float(c == "first")) for row, c in choices if c in ("first", "second")]
    return Position(judge, len(rows), len(rows) - len(told), consistency, _share(decided))


def _share(marks: list[tuple[str, float]]) -> Interval | None:
    if not marks:
        return None
    clients = {client: n for n, client in enumerate(dict.fromkeys(client for client, _ in marks))}
    sums, counts = np.zeros(len(clients)), np.zeros(len(clients))
    for client, mark in marks:
        sums[clients[client]] += mark
        counts[clients[client]] += 1
    return share_interval(sums, counts)


def share_interval(sums: Array, counts: Array, level: float = 0.95) -> Interval:
    """Return the share `sums / counts` (both per client) with Wilson's interval for clustered data.

    The marks count for as many as their spread between clients says (Kish's effective size), at most
    for as many as they are. Where all are alike a bootstrap would give no width; this does.
    """
    clients, total = len(sums), float(counts.sum())
    share = float(sums.sum()) / total
    if clients < 2:
        return Interval(share, None, None, clients)
    spread = float(((sums - share * counts) ** 2).sum()) * clients / (clients - 1) / total**2
    size = min(share * (1 - share) / spread, total) if spread > 0 else total
    z2 = float(stats.t.ppf((1 + level) / 2, clients - 1)) ** 2
    middle = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = sqrt(z2 * share * (1 - share) / size + z2**2 / (4 * size**2)) / (1 + z2 / size)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half), clients)
