"""What can be counted in one episode, without a judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

from evaluators.panas import panas_sums
from evaluators.verdict import PanasReading
from graphs.state import SUB_STAGES, Edge
from runs.record import Episode

PANAS_READERS = ("self", "observer", "mind")


def is_loop(edge: Edge) -> bool:
    """Return whether an edge goes back to an earlier sub-stage.

    Staying in a sub-stage is no loop, and neither is going into repair and back.
    """
    if edge.source not in SUB_STAGES or edge.target not in SUB_STAGES:
        return False
    return SUB_STAGES.index(edge.target) < SUB_STAGES.index(edge.source)


def count_loops(edges: Iterable[Edge]) -> int:
    """Return how often an episode went back to an earlier sub-stage."""
    return sum(is_loop(edge) for edge in edges)


@dataclass(frozen=True)
class Affect:
    """PANAS sums (10 to 50) before and after, as one reader sees them; `None` = missing."""

    pa_before: float | None
    pa_after: float | None
    na_before: float | None
    na_after: float | None


def measure_affect(episode: Episode, reader: str = "self") -> Affect:
    """Return the PANAS sums of one reader."""
    pa_before, na_before = _sum_reading(episode.panas.before, reader)
    pa_after, na_after = _sum_reading(episode.panas.after, reader)
    return Affect(pa_before, pa_after, na_before, na_after)


def ctrs_mean(episode: Episode) -> float | None:
    """Return the mean over items, averaged over judges; `None` if nothing was rated."""
    means = [
        verdict.mean
        for verdict in episode.verdicts
        if verdict.scale.startswith("ctrs") and verdict.mean is not None
    ]
    return fmean(means) if means else None


def ctrs_items(episode: Episode) -> Iterator[tuple[str, float | None]]:
    """Yield item and score of every CTRS rating, missing ones as `None`."""
    for verdict in episode.verdicts:
        if verdict.scale.startswith("ctrs"):
            for rating in verdict.ratings:
                yield rating.item, rating.score


def _sum_reading(
    readings: Iterable[PanasReading], reader: str
) -> tuple[float | None, float | None]:
    for reading in readings:
        if reading.reader == reader:
            return panas_sums(reading)
    return None, None
