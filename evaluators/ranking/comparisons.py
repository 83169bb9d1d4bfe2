"""Pairwise outcomes per client, and whether they connect all counselors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from evaluators.ranking.scores import Array, Scores
from personas.errors import InputError


@dataclass(frozen=True)
class Outcome:
    """One comparison of two episodes of the same client: `first` won (1), lost (0) or tied (0.5).

    `client` is what goes together in the intervals: the client's intake form.
    """

    client: str
    first: str
    second: str
    won: float


@dataclass(frozen=True)
class Comparisons:
    """All outcomes. `wins[c, i, j]` counts how often counselor i beat j with client c, `ties` the ties
    (symmetric); both have the shape (clients, counselors, counselors).
    """

    counselors: tuple[str, ...]
    clients: tuple[str, ...]
    wins: Array
    ties: Array

    @property
    def played(self) -> Array:
        """Return how often each pair was compared, shape (counselors, counselors)."""
        wins = self.wins.sum(axis=0)
        return np.asarray(wins + wins.T + self.ties.sum(axis=0))


def collect(outcomes: Iterable[Outcome], counselors: tuple[str, ...]) -> Comparisons:
    """Return the outcomes as counts. A split decision (0 < won < 1) counts as a tie."""
    rows = list(outcomes)
    clients = tuple(dict.fromkeys(row.client for row in rows))
    place = {name: n for n, name in enumerate(counselors)}
    at = {name: n for n, name in enumerate(clients)}
    shape = (len(clients), len(counselors), len(counselors))
    wins, ties = np.zeros(shape), np.zeros(shape)
    for row in rows:
        c, i, j = at[row.client], place[row.first], place[row.second]
        if row.won == 1:
            wins[c, i, j] += 1
        elif row.won == 0:
            wins[c, j, i] += 1
        else:
            ties[c, i, j] += 1
            ties[c, j, i] += 1
    return Comparisons(counselors, clients, wins, ties)


def from_scores(scores: Scores, margin: float) -> Comparisons:
    """Return the outcomes that scores imply: of each client and seed, the higher score wins.

    Scores closer than `margin` tie; a missing score gives no comparison.
    """
    values = scores.values
    outcomes = [
        Outcome(form, one, other, _decide(values[i, c, s] - values[j, c, s], margin))
        for i, one in enumerate(scores.counselors)
        for j, other in enumerate(scores.counselors[:i])
        for c, form in enumerate(scores.forms)
        for s in range(len(scores.seeds))
        if not np.isnan(values[i, c, s] - values[j, c, s])
    ]
    return collect(outcomes, scores.counselors)


def _decide(difference: float, margin: float) -> float:
    return 0.5 if abs(difference) < margin else float(difference > 0)


def find_islands(played: Array, counselors: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the groups of counselors that comparisons connect; one group if all are connected."""
    left, islands = set(range(len(counselors))), []
    while left:
        island, edge = set(), {min(left)}
        while edge:
            island |= edge
            edge = {j for i in edge for j in left if played[i, j] > 0} - island
        left -= island
        islands.append(tuple(counselors[n] for n in sorted(island)))
    return islands


def require_connected(comparisons: Comparisons) -> None:
    """Raise InputError if some counselors were never compared with others, not even through others."""
    islands = find_islands(comparisons.played, comparisons.counselors)
    if len(islands) > 1:
        one, other = islands[0], islands[1]
        raise InputError(
            f"the comparisons fall apart: {', '.join(one)} and {', '.join(other)} were never compared",
            todo=f"compare at least one of each side, for example {one[0]} with {other[0]}",
        )
