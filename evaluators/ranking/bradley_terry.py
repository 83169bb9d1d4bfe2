"""Strengths from pairwise outcomes: Bradley–Terry with ties (Davidson 1970), clustered by client.

The fit is Newman's algorithm in `evalica` (Newman 2023, JMLR 24); the intervals come from drawing
whole clients with replacement. As a prior, one comparison and a half per counselor but one (half a win
each way and half a tie) is spread over the pairs that were compared: a counselor that never lost has a
finite strength then, and the algorithm, which stalls where nobody ever tied, converges.
"""

from __future__ import annotations

from dataclasses import dataclass

import evalica
import numpy as np

from evaluators.ranking.comparisons import Comparisons, require_connected
from evaluators.ranking.resampling import SEED, Interval, draw_weights, interval_of
from evaluators.ranking.scores import Array, Mask

FITS = 500
PRIOR = 0.5


@dataclass(frozen=True)
class Ranked:
    """One counselor. `strength` is a log-odds relative to the mean of all; `rank` counts from 1, with
    the ranks it takes in the middle 95 % of the resamples; `best` is the share of resamples it leads.
    """

    counselor: str
    strength: Interval
    rank: int
    rank_low: int
    rank_high: int
    best: float


@dataclass(frozen=True)
class Ranking:
    """All counselors, the best first. `strengths` holds the resampled fits (fits, counselors)."""

    ranked: tuple[Ranked, ...]
    comparisons: int
    ties: int
    clients: int


def rank_counselors(comparisons: Comparisons, fits: int = FITS, seed: int = SEED) -> Ranking:
    """Return the ranking. Raises InputError for fewer than two counselors or islands of them."""
    require_connected(comparisons)
    fitted = fit(comparisons.wins.sum(axis=0), comparisons.ties.sum(axis=0))
    clients = len(comparisons.clients)
    resampled = _refit(comparisons, draw_weights(clients, fits, seed))
    places = (-resampled).argsort(axis=1).argsort(axis=1) + 1
    best = (places == 1).mean(axis=0)
    rows = []
    for n, name in enumerate(comparisons.counselors):
        low, high = np.quantile(places[:, n], [0.025, 0.975], method="nearest")
        strength = interval_of(float(fitted[n]), resampled[:, n], clients)
        rank = int((fitted > fitted[n]).sum()) + 1
        rows.append(Ranked(name, strength, rank, int(low), int(high), float(best[n])))
    ties = int(comparisons.ties.sum() / 2)
    ordered = sorted(rows, key=lambda row: (row.rank, row.counselor))
    return Ranking(tuple(ordered), int(comparisons.wins.sum()) + ties, ties, clients)


def _refit(comparisons: Comparisons, weights: Array) -> Array:
    clients = len(comparisons.clients)
    size = len(comparisons.counselors)
    wins = (weights @ comparisons.wins.reshape(clients, -1)).reshape(-1, size, size)
    ties = (weights @ comparisons.ties.reshape(clients, -1)).reshape(-1, size, size)
    met = comparisons.played > 0
    return np.array([fit(won, tied, met) for won, tied in zip(wins, ties, strict=True)])


def fit(wins: Array, ties: Array, met: Mask | None = None) -> Array:
    """Return the log strengths (counselors,), centred on 0.

    `wins[i, j]` says how often i beat j, `ties[i, j]` how often they tied (symmetric). `met` says which
    pairs share the prior; without it those that were compared.
    """
    size = len(wins)
    shared = wins + wins.T + ties > 0 if met is None else met
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size) if shared[i, j]]
    prior = PRIOR * (size - 1) / len(pairs)
    rows: list[tuple[int, int, evalica.Winner, float]] = []
    for i, j in pairs:
        rows.append((i, j, evalica.Winner.X, wins[i, j] + prior))
        rows.append((i, j, evalica.Winner.Y, wins[j, i] + prior))
        rows.append((i, j, evalica.Winner.Draw, ties[i, j] + prior))
    xs, ys, winners, weights = map(list, zip(*rows, strict=True))
    result = evalica.newman(xs, ys, winners, weights=weights, tolerance=1e-8, limit=10_000)
    logs = np.log(np.array([result.scores[n] for n in range(size)], dtype=np.float64))
    return np.asarray(logs - logs.mean())
