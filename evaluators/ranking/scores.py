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
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scores:
    """One measure. `values` has the shape (counselors, clients, seeds); NaN where there is none.

    `forms` names the intake form behind each client: clients that share one (three attitudes of the
    same person) go together in every interval.
    """

    counselors: tuple[str, ...]
    clients: tuple[str, ...]
    seeds: tuple[int, ...]
    values: Array
    forms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.forms:
            object.__setattr__(self, "forms", self.clients)

    @property
    def by_client(self) -> Array:
        """Return the means over seeds, shape (counselors, clients); NaN where no seed was scored."""
        return mean_over_last(self.values)

    @property
    def by_form(self) -> Array:
        """Return the means over the clients of a form, shape (counselors, forms)."""
        return self.pool_forms(self.by_client)

    @property
    def worst_by_client(self) -> Array:
        """Return the lowest score over the seeds, shape (counselors, clients).

        NaN unless every seed was scored: the worst of fewer is not comparable.
        """
        return np.asarray(self.values.min(axis=2))

    @property
    def highest_by_client(self) -> Array:
        """Return the highest score over the seeds: the worst where less is better. NaN as above."""
        return np.asarray(self.values.max(axis=2))

    def pool_forms(self, by_client: Array) -> Array:
        """Return the means over the clients of a form of values (…, clients), shape (…, forms)."""
        names = dict.fromkeys(self.forms)
        if len(names) == len(self.forms):
            return by_client
        same = [[n for n, form in enumerate(self.forms) if form == name] for name in names]
        return np.stack([mean_over_last(by_client[..., index]) for index in same], axis=-1)

    def select(self, clients: Iterable[str]) -> Scores:
        """Return the scores of some of the clients."""
        kept = set(clients)
        index = [n for n, client in enumerate(self.clients) if client in kept]
        names = tuple(self.clients[n] for n in index)
        forms = tuple(self.forms[n] for n in index)
        return Scores(self.counselors, names, self.seeds, self.values[:, index, :], forms)


def gather(
    scored: Mapping[tuple[str, str, int], float | None], forms: Mapping[str, str] | None = None
) -> Scores:
    """Return the scores from a mapping of (counselor, client, seed) to a score, `None` = missing.

    `forms` names the intake form of each client; without it every client has one of its own.
    """
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
    of_clients = tuple(forms[client] for client in clients) if forms else ()
    return Scores(counselors, clients, seeds, values, of_clients)


def mean_over_last(values: Array) -> Array:
    """Return the mean over the last axis of what is there; NaN where nothing is."""
    there = ~np.isnan(values)
    counts = there.sum(axis=-1)
    sums = np.where(there, values, 0.0).sum(axis=-1)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))
