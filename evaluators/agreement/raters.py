"""Raters one by one: how severe each is, how well it goes with the rest, and who stands out.

With two raters nothing tells which of them is off; both figures are still given, nobody is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from evaluators.agreement.bootstrap import Figure, estimate, measure
from evaluators.agreement.coefficients import Values, average, correlate
from evaluators.agreement.table import FORM, Matrix, RatingTable

NOTABLE_SHARE = 1 / 12  # of the scale's range: half a point of 0 to 6
NOTABLE_LOSS = 0.1


@dataclass(frozen=True)
class RaterReport:
    """One rater on the mean of the items (complete forms only).

    `deviation` is the mean difference from the mean of the panel, the rater included: below 0 is
    severe, above 0 lenient. `rest` is the correlation with the mean of the other raters.
    """

    rater: str
    episodes: int
    mean: float | None
    missing: int
    deviation: Figure
    rest: Figure
    findings: tuple[str, ...] = ()


def report_raters(panel: RatingTable, span: float) -> tuple[RaterReport, ...]:
    """Return a report on every rater; `span` is the width of the scale in points."""
    ratings, missing = panel.matrix(FORM), panel.count_missing()
    noisy = dict.fromkeys(find_noisy(ratings), "noisy")
    findings = (find_severity(ratings, span), noisy, _find_constant(ratings))
    return tuple(
        _report(rater, ratings, place, missing[rater], [found.get(place) for found in findings])
        for place, rater in enumerate(panel.raters)
    )


def _report(
    rater: str, ratings: Matrix, place: int, missing: int, findings: Sequence[str | None]
) -> RaterReport:
    own = ratings[:, place][~np.isnan(ratings[:, place])]
    deviating, resting = partial(deviation, rater=place), partial(rest_correlation, rater=place)
    figures = estimate(ratings, {"deviation": deviating, "rest": resting})
    return RaterReport(
        rater=rater,
        episodes=len(own),
        mean=float(own.mean()) if len(own) else None,
        missing=missing,
        deviation=figures["deviation"],
        rest=figures["rest"],
        findings=tuple(word for word in findings if word),
    )


def deviation(ratings: Matrix, drawn: Matrix, rater: int) -> Values:
    """Return the mean difference between a rater and the panel's mean, where two or more rated."""
    held = ((~np.isnan(ratings)).sum(axis=1) >= 2) & ~np.isnan(ratings[:, rater])
    rows = ratings[held]
    return average(rows[:, rater] - np.nanmean(rows, axis=1), drawn[:, held])


def rest_correlation(ratings: Matrix, drawn: Matrix, rater: int) -> Values:
    """Return the correlation of a rater with the mean of the others that rated the episode."""
    own, others, weights = _beside_others(ratings, drawn, rater)
    return correlate(own, others, weights)


def find_severity(ratings: Matrix, span: float) -> dict[int, str]:
    """Return the raters (by place) that are `severe` or `lenient` against the rest.

    The one farthest from the others is judged first and then left out, so that one severe rater
    does not make all others look lenient. It stands out if the interval of its difference from the
    mean of the others lies beyond 0 and the difference is at least a twelfth of the scale.
    """
    found: dict[int, str] = {}
    left = list(range(ratings.shape[1]))
    while len(left) > 2:
        rows = ratings[:, left]
        place = max(range(len(left)), key=lambda i: abs(_gap(rows, i)))
        gap = estimate(rows, {"gap": partial(_from_others, rater=place)})["gap"]
        if gap.value is None or gap.low is None or gap.high is None:
            break
        if abs(gap.value) < span * NOTABLE_SHARE or gap.low <= 0 <= gap.high:
            break
        found[left.pop(place)] = "severe" if gap.value < 0 else "lenient"
    return found


def find_noisy(ratings: Matrix) -> frozenset[int]:
    """Return the raters (by place) that go with the rest worse than the rest go with each other.

    Compared are a rater's correlation with the mean of the others, and the mean of the same figure
    among the others alone; the interval of the loss must lie above 0, the loss be 0.1 or more.
    """
    places = range(ratings.shape[1])
    if len(places) < 3:
        return frozenset()
    losses = estimate(ratings, {str(i): partial(_lost_by, rater=i) for i in places})
    return frozenset(
        place
        for place in places
        if (loss := losses[str(place)]).value is not None
        and loss.low is not None
        and loss.value >= NOTABLE_LOSS
        and loss.low > 0
    )


def _lost_by(ratings: Matrix, drawn: Matrix, rater: int) -> Values:
    others = np.delete(ratings, rater, axis=1)
    among = np.array([rest_correlation(others, drawn, i) for i in range(others.shape[1])])
    known = (~np.isnan(among)).sum(axis=0)
    lost: Values = np.nansum(among, axis=0) / np.where(known, known, np.nan)
    return lost - rest_correlation(ratings, drawn, rater)


def _gap(ratings: Matrix, rater: int) -> float:
    return measure(partial(_from_others, rater=rater), ratings) or 0.0


def _from_others(ratings: Matrix, drawn: Matrix, rater: int) -> Values:
    own, others, weights = _beside_others(ratings, drawn, rater)
    return average(own - others, weights)


def _beside_others(ratings: Matrix, drawn: Matrix, rater: int) -> tuple[Values, Values, Matrix]:
    """Return a rater's scores, the means of the others, and how often each episode was drawn."""
    others = np.delete(ratings, rater, axis=1)
    held = ~np.isnan(ratings[:, rater]) & ~np.isnan(others).all(axis=1)
    return ratings[held, rater], np.nanmean(others[held], axis=1), drawn[:, held]


def _find_constant(ratings: Matrix) -> dict[int, str]:
    held = (~np.isnan(ratings)).sum(axis=0)
    return {
        place: "constant"
        for place in range(ratings.shape[1])
        if held[place] > 1 and np.nanmin(ratings[:, place]) == np.nanmax(ratings[:, place])
    }
