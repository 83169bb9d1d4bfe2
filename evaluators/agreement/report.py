"""The whole account of a panel: coefficients by item, pairs, raters, judges against people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evaluators.agreement.bootstrap import Figure, estimate
from evaluators.agreement.coefficients import (
    Values,
    alpha_interval,
    alpha_ordinal,
    average,
    icc_2_1,
    icc_3_k,
    noise_ceiling,
    spearman,
    weighted_kappa,
)
from evaluators.agreement.raters import RaterReport, report_raters
from evaluators.agreement.table import FORM, Matrix, RatingTable

COEFFICIENTS = {
    "alpha_ordinal": alpha_ordinal,
    "alpha_interval": alpha_interval,
    "icc_2_1": icc_2_1,
    "icc_3_k": icc_3_k,
    "weighted_kappa": weighted_kappa,
    "spearman": spearman,
    "noise_ceiling": noise_ceiling,
}
_PAIRWISE = {"weighted_kappa": weighted_kappa, "spearman": spearman}


@dataclass(frozen=True)
class ItemAgreement:
    """One item, or the mean of the items.

    `episodes` were rated by two raters or more, `complete` of them by all; only these count in the
    two ICCs and the ceiling.
    """

    item: str
    episodes: int
    complete: int
    figures: dict[str, Figure]


@dataclass(frozen=True)
class PairAgreement:
    """Two raters on one item, over the episodes that both rated; `gap` is second minus first."""

    first: str
    second: str
    item: str
    episodes: int
    figures: dict[str, Figure]


@dataclass(frozen=True)
class PanelAgreement:
    """How far a group of raters agrees."""

    raters: tuple[str, ...]
    items: tuple[ItemAgreement, ...]


@dataclass(frozen=True)
class Agreement:
    """Everything found. `against` pairs the mean of the human raters with each judge.

    `groups` holds `all` and, where people rated too, `judges` and `people` with two or more raters.
    """

    scale: str
    episodes: int
    groups: dict[str, PanelAgreement]
    pairs: tuple[PairAgreement, ...]
    against: tuple[PairAgreement, ...]
    raters: tuple[RaterReport, ...]


def measure_agreement(
    panel: RatingTable, people: Sequence[str], scale: str, span: float
) -> Agreement:
    """Return the agreement of a panel of two or more; `people` are the human ones among its raters."""
    judges = [rater for rater in panel.raters if rater not in people]
    groups = {"all": panel.raters}
    if people:
        groups |= {"judges": judges, "people": people}
    return Agreement(
        scale=scale,
        episodes=len(panel.scores),
        groups={
            name: _measure_group(panel.narrow(raters))
            for name, raters in groups.items()
            if len(raters) > 1
        },
        pairs=tuple(
            _compare(panel.narrow(pair).matrix(FORM), pair, FORM)
            for pair in combinations(panel.raters, 2)
        ),
        against=tuple(
            _compare(_against(panel, people, judge, item), ("people", judge), item)
            for judge in judges
            if people
            for item in (*panel.items, FORM)
        ),
        raters=report_raters(panel, span),
    )


def _measure_group(panel: RatingTable) -> PanelAgreement:
    items = (_measure_item(panel.matrix(item), item) for item in (*panel.items, FORM))
    return PanelAgreement(tuple(panel.raters), tuple(items))


def _measure_item(ratings: Matrix, item: str) -> ItemAgreement:
    held = (~np.isnan(ratings)).sum(axis=1)
    return ItemAgreement(
        item,
        int((held >= 2).sum()),
        int((held == ratings.shape[1]).sum()),
        estimate(ratings, COEFFICIENTS),
    )


def _compare(pair: Matrix, names: tuple[str, str], item: str) -> PairAgreement:
    both = pair[~np.isnan(pair).any(axis=1)]
    figures = estimate(both, {**_PAIRWISE, "gap": _gap})
    return PairAgreement(*names, item, len(both), figures)


def _gap(pair: Matrix, drawn: Matrix) -> Values:
    return average(pair[:, 1] - pair[:, 0], drawn)


def _against(panel: RatingTable, people: Sequence[str], judge: str, item: str) -> Matrix:
    """Return the mean of the people who rated an episode beside what the judge gave it."""
    human = panel.narrow(people).matrix(item)
    rated = ~np.isnan(human).all(axis=1)
    mean = np.full(len(human), np.nan)
    mean[rated] = np.nanmean(human[rated], axis=1)
    return np.column_stack([mean, panel.narrow([judge]).matrix(item)[:, 0]])
