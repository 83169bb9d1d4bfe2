"""Which pairs to compare next: those from which most is to be learnt, so that a budget goes further.

Every second pick is the comparison that narrows the strengths most (D-optimal: the information it is
expected to bring under the current fit times the variance of the difference); the others weigh that
with the chance that the pair stands in the wrong order, so that neighbours meet more often than
counselors far apart. The second kind alone never returns to a pair that looked clear by chance, and
the strengths drift apart. What both bring: benchmarks/adaptive.py.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, ndtr

from evaluators.ranking.bradley_terry import fit
from evaluators.ranking.comparisons import Comparisons, find_islands
from evaluators.ranking.scores import Array, Mask

RIDGE = 0.25
"""What is known of every strength beforehand, as the inverse of a variance in squared log-odds."""
CAUTION = 0.5
"""Wins each way and ties that every pair is thought to have had: early chance settles less by it."""


def pick_pairs(known: Comparisons, room: Array, count: int) -> list[tuple[int, int]]:
    """Return the next pairs (i < j) to compare, at most `count`, the most telling first.

    `room[i, j]` (symmetric) says how often the pair can still be compared; a pair is picked no oftener.
    Counselors that nothing connects yet are connected first. Each pick takes those before it into
    account, as if they had been played.
    """
    strengths = fit(known.wins.sum(axis=0) + CAUTION, known.ties.sum(axis=0) + CAUTION)
    gaps = strengths[:, None] - strengths[None, :]
    telling = expit(gaps) * expit(-gaps)
    played, room = known.played, room.copy()
    covariance = _invert(telling * played)
    picked: list[tuple[int, int]] = []
    while len(picked) < count:
        spread = _spread(covariance)
        worth = np.log1p(telling * spread)
        if len(picked) % 2:
            worth = worth * ndtr(-np.abs(gaps) / np.sqrt(spread))
        allowed = (room > 0) & _links(played, known.counselors)
        if not allowed.any():
            break
        i, j = _best(np.where(allowed, worth, -1.0))
        picked.append((i, j))
        for one, other in ((i, j), (j, i)):
            played[one, other] += 1
            room[one, other] -= 1
        covariance = _learn(covariance, i, j, telling[i, j])
    return picked


def _links(played: Array, counselors: tuple[str, ...]) -> Mask:
    """Return which pairs may be played: all, or those between islands while there is more than one."""
    islands = find_islands(played, counselors)
    if len(islands) == 1:
        return np.ones(played.shape, dtype=bool)
    home = {name: n for n, island in enumerate(islands) for name in island}
    homes = np.array([home[name] for name in counselors])
    return np.asarray(homes[:, None] != homes[None, :])


def _invert(information: Array) -> Array:
    """Return the covariance of the strengths, given what each pair's comparisons have told."""
    laplacian = np.diag(information.sum(axis=1)) - information
    return np.asarray(np.linalg.inv(laplacian + RIDGE * np.eye(len(information))))


def _spread(covariance: Array) -> Array:
    """Return the variance of every difference, shape (counselors, counselors)."""
    own = np.diag(covariance)
    return np.asarray(np.maximum(own[:, None] + own[None, :] - 2 * covariance, 1e-12))


def _learn(covariance: Array, i: int, j: int, information: float) -> Array:
    """Return the covariance after one more comparison (Sherman and Morrison)."""
    along = covariance[:, i] - covariance[:, j]
    gain = information / (1 + information * (along[i] - along[j]))
    return np.asarray(covariance - gain * np.outer(along, along))


def _best(worth: Array) -> tuple[int, int]:
    """Return the pair of the highest worth above the diagonal; among equals the first."""
    upper = np.where(np.triu(np.ones(worth.shape, dtype=bool), 1), worth, -2.0)
    i, j = divmod(int(upper.argmax()), len(worth))
    return i, j
