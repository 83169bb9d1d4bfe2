"""A panel: the verdicts of several judges on one session and scale, pooled item by item.

A rating counts with its weight: what rests on words that were never said counts less, or not at all.
A rating that is missing is left out and counted; nothing ever becomes 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from evaluators.verdict import ItemRating, Verdict


@dataclass(frozen=True)
class PooledItem:
    """One item over all judges. `mean` and `median` are weighted, `None` where no rating has weight.

    `n` ratings entered, `missing` judges gave none, `weightless` ratings rest on invented quotes
    alone. `spread` is the standard deviation between the judges (of one judge: between its samples,
    or of its distribution), `None` where there is nothing to compare. `n` and `missing` count
    judges; `samples` counts the single ratings behind them.
    """

    item: str
    mean: float | None
    median: float | None
    spread: float | None
    n: int
    missing: int
    weightless: int
    samples: int


@dataclass(frozen=True)
class Panel:
    """All judges on one scale. `vetoed` as in `Verdict`: one judge's veto is the panel's."""

    scale: str
    judges: tuple[str, ...]
    items: tuple[PooledItem, ...]
    vetoed: bool | None

    @property
    def mean(self) -> float | None:
        """Return the mean over the items that were rated, `None` if none was."""
        means = [item.mean for item in self.items if item.mean is not None]
        return fmean(means) if means else None

    @property
    def spread(self) -> float | None:
        """Return the mean spread over the items that have one."""
        spreads = [item.spread for item in self.items if item.spread is not None]
        return fmean(spreads) if spreads else None


def pool_verdicts(verdicts: Sequence[Verdict]) -> Panel:
    """Return the verdicts of one session on one scale as a panel.

    Raises ValueError for none, and for verdicts on different scales.
    """
    if len({verdict.scale for verdict in verdicts}) != 1:
        raise ValueError("a panel needs verdicts, all on one scale")
    items = dict.fromkeys(rating.item for verdict in verdicts for rating in verdict.ratings)
    by_judge = [{rating.item: rating for rating in verdict.ratings} for verdict in verdicts]
    return Panel(
        scale=verdicts[0].scale,
        judges=tuple(dict.fromkeys(verdict.judge for verdict in verdicts)),
        items=tuple(pool_item(item, [r[item] for r in by_judge if item in r]) for item in items),
        vetoed=pool_vetoes(verdict.vetoed for verdict in verdicts),
    )


def pool_item(item: str, ratings: Sequence[ItemRating]) -> PooledItem:
    """Return the ratings of one item as one."""
    given = [rating for rating in ratings if rating.score is not None]
    counted = [(rating.score or 0.0, rating.weight) for rating in given if rating.weight > 0]
    scores = [score for score, _ in counted]
    alone = given[0].spread if len(given) == 1 else None
    return PooledItem(
        item=item,
        mean=_mean(counted) if counted else None,
        median=weighted_median(counted) if counted else None,
        spread=stdev(scores) if len(scores) > 1 else alone,
        n=len(counted),
        missing=len(ratings) - len(given),
        weightless=len(given) - len(counted),
        samples=sum(len(rating.samples) or 1 for rating in ratings),
    )


def pool_vetoes(vetoes: Iterable[bool | None]) -> bool | None:
    """Return whether any judge vetoes; `None` where none of them settled it."""
    settled = [veto for veto in vetoes if veto is not None]
    return any(settled) if settled else None


def weighted_median(values: Sequence[tuple[float, float]]) -> float:
    """Return the median of (value, weight) pairs: half of the weight lies on either side.

    Where a half ends exactly between two values, the middle of them. Raises ValueError for none.
    """
    if not values:
        raise ValueError("there is no median of nothing")
    ordered = sorted(values)
    half, passed = sum(weight for _, weight in ordered) / 2, 0.0
    for place, (value, weight) in enumerate(ordered):
        passed += weight
        if abs(passed - half) < 1e-9:
            return (value + ordered[place + 1][0]) / 2
        if passed > half:
            return value
    return ordered[-1][0]


def _mean(values: Sequence[tuple[float, float]]) -> float:
    return sum(value * weight for value, weight in values) / sum(weight for _, weight in values)


def merge_verdicts(*groups: Iterable[Verdict]) -> list[Verdict]:
    """Return one verdict per judge and scale: the later of two counts."""
    return list({(v.judge, v.scale): v for group in groups for v in group}.values())


def group_by_scale(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    """Return the verdicts on each scale."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.scale, []).append(verdict)
    return groups
