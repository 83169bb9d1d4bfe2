"""What a tournament found: leaderboard, differences, ranking, noise, groups; as data for every output.

Nothing here prints. `to_json` is the whole of it as plain data (`results.json`), from which the
Markdown and the HTML report are drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from evaluators.pairwise import MARGIN
from evaluators.ranking.bradley_terry import Ranking, rank_counselors
from evaluators.ranking.comparisons import Comparisons, from_scores
from evaluators.ranking.paired import Difference, compare_all
from evaluators.ranking.resampling import Interval, mean_interval
from evaluators.ranking.scores import Array, Scores
from evaluators.ranking.variance import (
    Components,
    difference_spread,
    smallest_visible,
    split_variance,
)
from sim.tournament.board import MEASURES, Board, Measure, Row
from sim.tournament.pairs import Judged

Json = dict[str, object]
_REDRAWS = 500


@dataclass(frozen=True)
class Standing:
    """One counselor on one measure: the mean over clients, and the mean of each client's worst seed."""

    counselor: str
    mean: Interval | None
    worst: float | None
    episodes: int
    missing: int


@dataclass(frozen=True)
class MeasureResult:
    """One measure for all counselors; `differences` holds every pair."""

    measure: Measure
    standings: tuple[Standing, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Noise:
    """How much of the CTRS is noise. `same_order` is the share of redraws (of clients, of seeds) that
    keep the order of the means, `same_best` that keep the first; `None` with one seed or client.
    """

    components: Components
    smallest_visible: float
    clients: int
    seeds: int
    same_order_clients: float | None
    same_order_seeds: float | None
    same_best_seeds: float | None


@dataclass(frozen=True)
class Results:
    """Everything a tournament found. `pairs_by` says who decided the pairwise outcomes; `judged` is what
    pairwise judging found, `None` where the CTRS means decided.
    """

    counselors: tuple[str, ...]
    clients: int
    forms: int
    seeds: tuple[int, ...]
    judges: tuple[str, ...]
    episodes: int
    measures: tuple[MeasureResult, ...]
    items: dict[str, dict[str, float | None]]
    comparisons: Comparisons
    ranking: Ranking
    pairs_by: str
    judged: Judged | None
    noise: Noise | None
    groups: dict[str, dict[str, tuple[MeasureResult, ...]]]
    finishes: dict[str, dict[str, int]]
    ability: dict[str, dict[str, float]]

    def to_json(self) -> Json:
        """Return everything as plain data; numbers are rounded to 4 places."""
        data = asdict(self)
        judged = data.pop("judged") or {}
        data["comparisons"] = {
            "by": self.pairs_by,
            **judged,
            "wins": self.comparisons.wins.sum(axis=0).astype(int).tolist(),
            "ties": self.comparisons.ties.sum(axis=0).astype(int).tolist(),
        }
        data["comparisons"].pop("comparisons", None)
        rounded = _round(data)
        assert isinstance(rounded, dict)
        return rounded


def find_results(board: Board, judged: Judged | None = None) -> Results:
    """Return what the board says. Without pairwise judging the CTRS means decide the pairs.

    Raises InputError where the comparisons leave counselors unconnected.
    """
    ctrs = board.scores("ctrs")
    outcomes = judged.comparisons if judged else from_scores(ctrs, MARGIN)
    return Results(
        counselors=board.counselors,
        clients=len(ctrs.clients),
        forms=len(set(ctrs.forms)),
        seeds=ctrs.seeds,
        judges=board.judges,
        episodes=len(board.rows),
        measures=_measure(board),
        items={item: _item_means(board.item_scores(item)) for item in board.items},
        comparisons=outcomes,
        ranking=rank_counselors(outcomes),
        pairs_by=", ".join(judged.judges) if judged else "CTRS",
        judged=judged,
        noise=_find_noise(board),
        groups=_find_groups(board),
        finishes=_count_finishes(board),
        ability=_find_ability(ctrs),
    )


def describe_unranked(board: Board) -> Json:
    """Return, as plain data like that of `Results`, what holds of counselors that cannot be ranked:
    a single one, or some that never met the same client.
    """
    ctrs = board.scores("ctrs")
    data = {
        "counselors": board.counselors,
        "clients": len(ctrs.clients),
        "forms": len(set(ctrs.forms)),
        "seeds": ctrs.seeds,
        "judges": board.judges,
        "episodes": len(board.rows),
        "measures": [asdict(found) for found in _measure(board)],
        "items": {item: _item_means(board.item_scores(item)) for item in board.items},
        "groups": {
            name: {group: [asdict(one) for one in found] for group, found in groups.items()}
            for name, groups in _find_groups(board).items()
        },
        "finishes": _count_finishes(board),
    }
    rounded = _round(data)
    assert isinstance(rounded, dict)
    return rounded


def _measure(board: Board) -> tuple[MeasureResult, ...]:
    return tuple(_measure_one(measure, board.scores(measure.id)) for measure in MEASURES)


def _measure_one(measure: Measure, scores: Scores) -> MeasureResult:
    worst = scores.worst_by_client if measure.better > 0 else scores.highest_by_client
    standings = [
        Standing(
            name,
            _interval(scores.by_form[n]),
            _mean(worst[n]),
            int((~np.isnan(scores.values[n])).sum()),
            int(np.isnan(scores.values[n]).sum()),
        )
        for n, name in enumerate(scores.counselors)
    ]
    standings.sort(key=lambda row: -measure.better * (row.mean.value if row.mean else -np.inf))
    return MeasureResult(measure, tuple(standings), tuple(compare_all(scores)))


def _interval(by_form: Array) -> Interval | None:
    return None if np.isnan(by_form).all() else mean_interval(by_form)


def _mean(values: Array) -> float | None:
    return None if np.isnan(values).all() else float(np.nanmean(values))


def _item_means(scores: Scores) -> dict[str, float | None]:
    return {name: _mean(scores.by_form[n]) for n, name in enumerate(scores.counselors)}


def _find_noise(board: Board) -> Noise | None:
    """Return the noise of the CTRS, `None` where too little was scored to tell."""
    scores = board.scores("ctrs")
    try:
        components = split_variance(board.judged())
    except ValueError:
        return None
    clients, seeds = len(set(scores.forms)), len(scores.seeds)
    spread = difference_spread(components, seeds)
    over_clients = _same_order(scores.by_form, _redraw_clients(scores))
    over_seeds = _same_order(scores.by_form, _redraw_seeds(scores)) if seeds > 1 else None
    return Noise(
        components,
        smallest_visible(spread, clients),
        clients,
        seeds,
        over_clients[0],
        over_seeds[0] if over_seeds else None,
        over_seeds[1] if over_seeds else None,
    )


def _redraw_clients(scores: Scores) -> Array:
    """Return means of resampled clients, shape (redraws, counselors)."""
    rng = np.random.default_rng(1)
    by_form = scores.by_form
    drawn = rng.integers(0, by_form.shape[1], (_REDRAWS, by_form.shape[1]))
    return np.asarray(np.nanmean(by_form[:, drawn], axis=2).T)


def _redraw_seeds(scores: Scores) -> Array:
    """Return means when every cell is played again: seeds drawn anew within counselor and client."""
    rng = np.random.default_rng(2)
    counselors, clients, seeds = scores.values.shape
    means = []
    for _ in range(_REDRAWS):
        drawn = rng.integers(0, seeds, (counselors, clients, seeds))
        means.append(np.nanmean(np.take_along_axis(scores.values, drawn, axis=2), axis=(1, 2)))
    return np.array(means)


def _same_order(by_form: Array, redrawn: Array) -> tuple[float, float]:
    order = np.argsort(-np.nanmean(by_form, axis=1), kind="stable")
    orders = np.argsort(-redrawn, axis=1, kind="stable")
    return float((orders == order).all(axis=1).mean()), float((orders[:, 0] == order[0]).mean())


_GROUPS: dict[str, Callable[[Row], tuple[str, ...]]] = {
    "attitude": lambda row: (row.attitude,),
    "distortion": lambda row: row.distortions,
    "language": lambda row: (row.language,),
    "risk": lambda row: (row.risk,),
}


def _find_groups(board: Board) -> dict[str, dict[str, tuple[MeasureResult, ...]]]:
    """Return the measures within each group of clients, where there is more than one group."""
    found: dict[str, dict[str, tuple[MeasureResult, ...]]] = {}
    for name, groups_of in _GROUPS.items():
        values = sorted({group for row in board.rows for group in groups_of(row)})
        if len(values) > 1:
            found[name] = {value: _measure(_within(board, value, groups_of)) for value in values}
    return found


def _within(board: Board, value: str, groups_of: Callable[[Row], tuple[str, ...]]) -> Board:
    return board.select(lambda row: value in groups_of(row))


def _count_finishes(board: Board) -> dict[str, dict[str, int]]:
    counts = {name: Counter[str]() for name in board.counselors}
    for row in board.rows:
        counts[row.counselor][row.finish] += 1
    return {name: dict(sorted(count.items())) for name, count in counts.items()}


def _find_ability(scores: Scores) -> dict[str, dict[str, float]]:
    """Return counselor ability and client ease on the CTRS: effects of an additive fit, each centred.

    With every cell filled these are the differences from the grand mean; missing cells are fitted by
    alternating least squares.
    """
    cells = scores.by_client
    there = ~np.isnan(cells)
    grand = float(np.nanmean(cells))
    rows, columns = np.zeros(cells.shape[0]), np.zeros(cells.shape[1])
    for _ in range(100):
        rows = _mean_where(cells - grand - columns, there, axis=1)
        columns = _mean_where(cells - grand - rows[:, None], there, axis=0)
    return {
        "counselors": dict(zip(scores.counselors, (rows - rows.mean()).tolist(), strict=True)),
        "clients": dict(zip(scores.clients, (columns - columns.mean()).tolist(), strict=True)),
    }


def _mean_where(values: Array, there: Array, axis: int) -> Array:
    sums = np.where(there, values, 0.0).sum(axis=axis)
    return np.asarray(sums / np.maximum(there.sum(axis=axis), 1))


def _round(value: object) -> object:
    match value:
        case float():
            return None if np.isnan(value) else round(value, 4)
        case dict():
            return {key: _round(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_round(inner) for inner in value]
        case _:
            return value
