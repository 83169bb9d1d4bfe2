"""The board: one small row per episode, from which every statistic of a tournament is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from sys import intern

import numpy as np

from evaluators.ranking.scores import Array, Scores, gather
from graphs.state import Finish
from runs.record import Episode
from sim.counting.measures import ctrs_mean, measure_affect
from sim.counting.summary import subtract


@dataclass(frozen=True)
class Measure:
    """What is compared. `better` is 1 where more is better, -1 where less is."""

    id: str
    name: str
    unit: str
    better: int


MEASURES = (
    Measure("ctrs", "CTRS", "mean of the items, 0 to 6", 1),
    Measure("na_change", "NA change", "PANAS sum after minus before, self-report", -1),
    Measure("pa_change", "PA change", "PANAS sum after minus before, self-report", 1),
    Measure("dropout", "drop-out", "share of episodes", -1),
)


@dataclass(frozen=True)
class Row:
    """One episode. `values` holds a number per measure, `None` = missing; `by_judge` the CTRS means."""

    key: str
    counselor: str
    client: str
    form: str
    seed: int
    attitude: str
    risk: str
    language: str
    distortions: tuple[str, ...]
    finish: str
    exchanges: int
    values: dict[str, float | None]
    by_judge: dict[str, float | None]
    items: dict[str, float | None]


@dataclass
class Board:
    """All rows of a tournament, in the order of its plan when it is asked for scores."""

    counselors: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    def scores(self, measure: str) -> Scores:
        """Return one measure as an array of counselors × clients × seeds."""
        return self._gather(lambda row: row.values[measure])

    def item_scores(self, item: str) -> Scores:
        """Return one CTRS item as an array of counselors × clients × seeds."""
        return self._gather(lambda row: row.items.get(item))

    @property
    def items(self) -> tuple[str, ...]:
        """Return the CTRS items that were rated, in the order of the scale."""
        return tuple(dict.fromkeys(item for row in self.rows for item in row.items))

    @property
    def judges(self) -> tuple[str, ...]:
        """Return the judges that rated the CTRS."""
        return tuple(dict.fromkeys(judge for row in self.rows for judge in row.by_judge))

    def judged(self) -> Array:
        """Return the CTRS means, shape (counselors, clients, seeds, judges)."""
        layers = [self._judged_by(judge).values for judge in self.judges]
        return np.stack(layers, axis=-1)

    def select(self, wanted: Callable[[Row], bool]) -> Board:
        """Return the board of some of the episodes."""
        return Board(self.counselors, [row for row in self.rows if wanted(row)])

    def _judged_by(self, judge: str) -> Scores:
        return self._gather(lambda row: row.by_judge.get(judge))

    def _gather(self, value: Callable[[Row], float | None]) -> Scores:
        order = {name: n for n, name in enumerate(self.counselors)}
        rows = sorted(self.rows, key=lambda row: (order[row.counselor], row.client, row.seed))
        forms = {row.client: row.form for row in rows}
        return gather({(row.counselor, row.client, row.seed): value(row) for row in rows}, forms)


def read_row(episode: Episode) -> Row:
    """Return what a tournament needs to know of an episode."""
    persona, affect = episode.persona, measure_affect(episode)
    ctrs = [verdict for verdict in episode.verdicts if verdict.scale.startswith("ctrs")]
    ratings = [rating for verdict in ctrs for rating in verdict.ratings]
    items = dict.fromkeys(rating.item for rating in ratings)
    return Row(
        key=episode.key,
        counselor=episode.counselor,
        client=persona.id,
        form=intern(persona.form),
        seed=episode.seed,
        attitude=persona.attitude.value,
        risk=persona.risk.value,
        language=persona.language,
        distortions=tuple(thought.distortion.value for thought in persona.profile.thoughts),
        finish=episode.finish.value,
        exchanges=len(episode.trace),
        values={
            "ctrs": ctrs_mean(episode),
            "na_change": subtract(affect.na_after, affect.na_before),
            "pa_change": subtract(affect.pa_after, affect.pa_before),
            "dropout": float(episode.finish is Finish.DROPPED_OUT),
        },
        by_judge={verdict.judge: verdict.mean for verdict in ctrs},
        items={
            item: _mean([rating.score for rating in ratings if rating.item == item])
            for item in items
        },
    )


def _mean(scores: list[float | None]) -> float | None:
    there = [score for score in scores if score is not None]
    return sum(there) / len(there) if there else None
