"""Scores of a paired design: every counselor meets the same clients with the same seeds.

One array holds a measure of all episodes, so that every statistic of the tournament works on whole
arrays and sees at a glance what is missing. A missing score is NaN, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """One measure. `values` has the shape (counselors, clients, seeds); NaN where there is none."""

    counselors: tuple[str, ...]
    clients: tuple[str, ...]
    seeds: tuple[int, ...]
    values: Array

    @property
    def by_client(self) -> Array:
        """Return the means over seeds, shape (counselors, clients); NaN where no seed was scored."""
        return mean_over_last(self.values)

    @property
    def worst_by_client(self) -> Array:
        """Return the lowest score over the seeds, shape (counselors, clients).

        NaN unless every seed was scored: the worst of fewer is not comparable.
        """
        return np.asarray(self.values.min(axis=2))

    def of(self, counselor: str) -> Array:
        """Return the scores of one counselor, shape (clients, seeds)."""
        return np.asarray(self.values[self.counselors.index(counselor)])

    def select(self, clients: Iterable[str]) -> Scores:
        """Return the scores of some of the clients."""
        kept = set(clients)
        index = [n for n, client in enumerate(self.clients) if client in kept]
        names = tuple(self.clients[n] for n in index)
        return Scores(self.counselors, names, self.seeds, self.values[:, index, :])


def gather(scored: Mapping[tuple[str, str, int], float | None]) -> Scores:
    """Return the scores from a mapping of (counselor, client, seed) to a score, `None` = missing."""
    counselors = tuple(dict.fromkeys(counselor for counselor, _, _ in scored))
    clients = tuple(dict.fromkeys(client for _, client, _ in scored))
    seeds = tuple(dict.fromkeys(seed for _, _, seed in scored))
    row = {name: n for n, name in enumerate(counselors)}
    column = {name: n for n, name in enumerate(clients)}
    layer = {seed: n for n, seed in enumerate(seeds)}
    values = np.full((len(counselors), len(clients), len(seeds)), np.nan)
    for (counselor, client, seed), score in scored.items():
        if score is not None:
            values[row[counselor], column[client], layer[seed]] = score
    return Scores(counselors, clients, seeds, values)


def mean_over_last(values: Array) -> Array:
    """Return the mean over the last axis of what is there; NaN where nothing is."""
    there = ~np.isnan(values)
    counts = there.sum(axis=-1)
    sums = np.where(there, values, 0.0).sum(axis=-1)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))
