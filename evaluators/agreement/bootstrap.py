"""Intervals for coefficients: whole episodes are drawn again, with all their ratings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evaluators.agreement.coefficients import Coefficient, Values
from evaluators.agreement.table import Matrix

_SEED = 20480
_RESAMPLES = 1000
_AT_ONCE = 100
_ENOUGH = 0.9  # of the resamples; with fewer the interval would be one of the easy cases only
_LEVEL = 0.95


@dataclass(frozen=True)
class Figure:
    """A coefficient with its 95 % interval; `None` where it is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None


def measure(find: Coefficient, ratings: Matrix) -> float | None:
    """Return a coefficient of the ratings as they are, `None` where it is undefined."""
    value = float(find(ratings, np.ones((1, len(ratings))))[0])
    return None if np.isnan(value) else value


def estimate(ratings: Matrix, coefficients: Mapping[str, Coefficient]) -> dict[str, Figure]:
    """Return each coefficient with a percentile bootstrap interval over episodes (rows).

    The seed is fixed: the same ratings give the same intervals. A coefficient that is undefined in
    more than a tenth of the resamples has no interval.
    """
    rated = ratings[~np.isnan(ratings).all(axis=1)]
    values = {name: measure(find, rated) for name, find in coefficients.items()}
    known = {name: find for name, find in coefficients.items() if values[name] is not None}
    drawn = _draw(rated, known)
    return {
        name: Figure(value, *(_bounds(drawn[name]) if name in drawn else (None, None)))
        for name, value in values.items()
    }


def _draw(rated: Matrix, coefficients: Mapping[str, Coefficient]) -> dict[str, Values]:
    """Return every coefficient in every resample."""
    rng = np.random.default_rng(_SEED)
    found: dict[str, list[Values]] = {name: [] for name in coefficients}
    for _ in range(_RESAMPLES // _AT_ONCE if coefficients and len(rated) > 1 else 0):
        drawn = _weigh(rng, len(rated), _AT_ONCE)
        for name, find in coefficients.items():
            found[name].append(find(rated, drawn))
    return {name: np.concatenate(parts) for name, parts in found.items() if parts}


def draw_weights(n: int) -> Matrix:
    """Return how often each of `n` things counts: once each in the first row, then by resample."""
    again = _RESAMPLES if n > 1 else 0
    return np.vstack([np.ones((1, n)), _weigh(np.random.default_rng(_SEED), n, again)])


def bound(values: Values) -> Figure:
    """Return the first of the values with the interval of the others, its resamples."""
    value = None if np.isnan(values[0]) else float(values[0])
    return Figure(value, *(_bounds(values[1:]) if value is not None else (None, None)))


def _weigh(rng: np.random.Generator, n: int, resamples: int) -> Matrix:
    weights: Matrix = rng.multinomial(n, np.full(n, 1 / n), size=resamples).astype(float)
    return weights


def _bounds(values: Values) -> tuple[float | None, float | None]:
    known = values[~np.isnan(values)]
    if len(known) < _ENOUGH * _RESAMPLES:
        return None, None
    tail = (1 - _LEVEL) / 2
    return float(np.quantile(known, tail)), float(np.quantile(known, 1 - tail))
