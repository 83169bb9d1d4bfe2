"""An episode as a sequence of beats in the order they happened: words, gauges, routes taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agents.mind.gauge import Gauge
from agents.transcript import Turn
from graphs.state import Edge
from runs.record import Episode
from sim.counting.measures import is_loop


@dataclass(frozen=True)
class Spoken:
    """Message number `number` (1-based)."""

    number: int
    turn: Turn


@dataclass(frozen=True)
class Gauged:
    """The client's state after a message, and the reading before it."""

    gauge: Gauge
    before: Gauge | None


@dataclass(frozen=True)
class Routed:
    """A way back that was taken: a loop to an earlier sub-stage, or repair."""

    edge: Edge


Beat = Spoken | Gauged | Routed


def iter_beats(episode: Episode) -> Iterator[Beat]:
    """Yield what happened, message by message."""
    gauges = {gauge.turn: gauge for gauge in episode.trace}
    before: Gauge | None = gauges.get(-1)
    for index, turn in enumerate(episode.transcript):
        yield from _routes_after(episode, index)
        yield Spoken(index + 1, turn)
        if index in gauges:
            yield Gauged(gauges[index], before)
            before = gauges[index]
    yield from _routes_after(episode, len(episode.transcript))


def is_way_back(edge: Edge) -> bool:
    """Return whether an edge is worth calling out: a loop back, or a step into repair."""
    return is_loop(edge) or (edge.target == "repair" and edge.source != "repair")


def _routes_after(episode: Episode, turns: int) -> Iterator[Routed]:
    for edge in episode.edges:
        if edge.turn == turns and is_way_back(edge):
            yield Routed(edge)
