"""The coefficients of agreement, in closed form, for a thousand resamples at once.

They are our own few lines because the libraries that have them cannot take what we have: ratings
that are expectations or means (any number), missing ones, and a thousand resamples. `krippendorff`
needs memory for the square of the number of distinct values in every episode, scikit-learn's kappa
takes integers only, `pingouin` brings pandas. The tests hold each one to those libraries and to the
published examples.

Each takes the ratings (episodes × raters, NaN is missing) and how often each episode was drawn
(resamples × episodes), and returns one value a resample, NaN where the coefficient is undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from evaluators.agreement.table import Matrix

Values: TypeAlias = NDArray[np.float64]
Coefficient: TypeAlias = Callable[[Matrix, Matrix], Values]
_TINY = 1e-12


def alpha_interval(ratings: Matrix, drawn: Matrix) -> Values:
    """Return Krippendorff's alpha with the interval metric; at most 1, negative below chance.

    Missing ratings are left out; an episode counts if two raters rated it (Krippendorff 2011).
    """
    rows, weights = _rated_twice(ratings, drawn)
    centre = np.nanmean(rows) if rows.size else 0.0
    return _alpha(np.isnan(rows), (rows - centre)[None], weights)


def alpha_ordinal(ratings: Matrix, drawn: Matrix) -> Values:
    """Return Krippendorff's alpha with the ordinal metric.

    The ordinal distance of two values is the squared difference of their mid-ranks among all
    ratings that can be paired, so this is the interval alpha of those ranks.
    """
    rows, weights = _rated_twice(ratings, drawn)
    held = ~np.isnan(rows)
    entries = np.repeat(weights, held.sum(axis=1), axis=1)
    ranks = np.full((len(weights), *rows.shape), np.nan)
    ranks[:, held] = rank(rows[held], entries) - (entries.sum(axis=1, keepdims=True) + 1) / 2
    return _alpha(~held, ranks, weights)


def icc_2_1(ratings: Matrix, drawn: Matrix) -> Values:
    """Return ICC(2,1): absolute agreement of one rater with another (Shrout & Fleiss 1979).

    Over the episodes that every rater rated; the others are left out.
    """
    n, k = _complete(ratings, drawn)[1].sum(axis=1), ratings.shape[1]
    between, raters, error = _mean_squares(ratings, drawn)
    below = between + (k - 1) * error + k * _divide(raters - error, n)
    return _divide(between - error, below)


def icc_3_k(ratings: Matrix, drawn: Matrix) -> Values:
    """Return ICC(3,k): consistency of the mean of these k raters (Shrout & Fleiss 1979).

    Over the episodes that every rater rated; the others are left out.
    """
    between, _, error = _mean_squares(ratings, drawn)
    return _divide(between - error, between)


def noise_ceiling(ratings: Matrix, drawn: Matrix) -> Values:
    """Return the square root of ICC(3,k): what no judge's correlation with the mean can exceed.

    0 where the raters agree no better than by chance.
    """
    ceiling: Values = np.sqrt(np.maximum(icc_3_k(ratings, drawn), 0.0))
    return ceiling


def weighted_kappa(ratings: Matrix, drawn: Matrix) -> Values:
    """Return Cohen's kappa with quadratic weights; the mean over all pairs of raters.

    With quadratic weights kappa is one minus the mean squared difference over the one expected
    from the two raters' own values; so it needs no categories (Fleiss & Cohen 1973).
    """
    return _mean_over_pairs(ratings, drawn, _kappa)


def spearman(ratings: Matrix, drawn: Matrix) -> Values:
    """Return Spearman's rank correlation; the mean over all pairs of raters."""
    return _mean_over_pairs(ratings, drawn, _spearman)


def correlate(first: Values, second: Values, weights: Matrix) -> Values:
    """Return Pearson's correlation of two rows (or resamples × rows) of numbers."""
    total = weights.sum(axis=1, keepdims=True)
    x = first - _divide((weights * first).sum(axis=1, keepdims=True), total)
    y = second - _divide((weights * second).sum(axis=1, keepdims=True), total)
    spread = np.sqrt((weights * x**2).sum(axis=1) * (weights * y**2).sum(axis=1))
    return _divide((weights * x * y).sum(axis=1), spread)


def average(values: Values, weights: Matrix) -> Values:
    """Return the mean of a row of numbers."""
    return _divide(weights @ values, weights.sum(axis=1))


def rank(values: Values, weights: Matrix) -> Values:
    """Return the ranks of values from 1, ties at their middle, in each resample."""
    codes = np.unique(values, return_inverse=True)[1]
    order = np.argsort(codes, kind="stable")
    ends = np.flatnonzero(np.diff(codes[order], append=len(values)))
    upto = np.cumsum(weights[:, order], axis=1)[:, ends]
    before = np.hstack([np.zeros((len(weights), 1)), upto[:, :-1]])
    ranks: Values = ((before + upto + 1) / 2)[:, codes]
    return ranks


def _alpha(missing: NDArray[np.bool_], values: Values, weights: Matrix) -> Values:
    """Return alpha of values (resamples or 1, rows, raters); a row's own pairs count by its size."""
    held = np.where(missing, 0.0, values)
    count = (~missing).sum(axis=1)
    sums, squares = held.sum(axis=2), (held**2).sum(axis=2)
    total = weights @ count
    within = (weights * (count * squares - sums**2) / (count - 1)).sum(axis=1)
    expected = total * (weights * squares).sum(axis=1) - (weights * sums).sum(axis=1) ** 2
    return 1 - _divide(_divide(within, total), _divide(expected, total * (total - 1)))


def _kappa(first: Values, second: Values, weights: Matrix) -> Values:
    squares = average(first**2 + second**2, weights)
    expected = squares - 2 * average(first, weights) * average(second, weights)
    return 1 - _divide(average((first - second) ** 2, weights), expected)


def _spearman(first: Values, second: Values, weights: Matrix) -> Values:
    return correlate(rank(first, weights), rank(second, weights), weights)


def _mean_over_pairs(
    ratings: Matrix, drawn: Matrix, find: Callable[[Values, Values, Matrix], Values]
) -> Values:
    """Return the mean over the pairs for which the coefficient is defined."""
    found = []
    for first, second in combinations(range(ratings.shape[1]), 2):
        rows, weights = _complete(ratings[:, [first, second]], drawn)
        found.append(find(rows[:, 0], rows[:, 1], weights))
    known = np.array(found).reshape(len(found), len(drawn))
    return _divide(np.nansum(known, axis=0), (~np.isnan(known)).sum(axis=0))


def _complete(ratings: Matrix, drawn: Matrix) -> tuple[Matrix, Matrix]:
    held = ~np.isnan(ratings).any(axis=1)
    rows = ratings[held]
    return rows - (rows.mean() if rows.size else 0.0), drawn[:, held]


def _rated_twice(ratings: Matrix, drawn: Matrix) -> tuple[Matrix, Matrix]:
    held = (~np.isnan(ratings)).sum(axis=1) >= 2
    return ratings[held], drawn[:, held]


def _mean_squares(ratings: Matrix, drawn: Matrix) -> tuple[Values, Values, Values]:
    """Return the mean squares between episodes, between raters, and of the rest."""
    rows, weights = _complete(ratings, drawn)
    n, k = weights.sum(axis=1), rows.shape[1]
    episodes = rows.mean(axis=1)
    grand = _divide(weights @ episodes, n)
    raters = _divide(weights @ rows, n[:, None])
    between = k * (weights @ episodes**2 - n * grand**2)
    among = n * ((raters - grand[:, None]) ** 2).sum(axis=1)
    rest = weights @ (rows**2).sum(axis=1) - n * k * grand**2 - between - among
    return (
        _divide(between, n - 1),
        _divide(among, np.full(len(n), k - 1.0)),
        _divide(rest, (n - 1) * (k - 1)),
    )


def _divide(above: Values, below: Values) -> Values:
    """Return the quotient, NaN where the divisor is nothing but rounding."""
    held = np.abs(below) > _TINY
    quotient: Values = np.where(held, above / np.where(held, below, 1.0), np.nan)
    return quotient
