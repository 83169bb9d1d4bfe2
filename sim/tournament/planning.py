"""Before the run: how many clients and seeds show a given difference, and what they would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from evaluators.ranking.variance import (
    Components,
    clients_needed,
    difference_spread,
    power_of,
    split_variance,
)
from personas.errors import InputError
from runs.reader import iter_episodes
from runs.record import Episode
from sim.tournament.board import Board, read_row

SEEDS = (1, 2, 3, 5)
DEFAULT = Components(client=0.12, match=0.08, seed=0.10, judge_severity=None, judge_noise=None)
"""CTRS variances used without a pilot: a guess above those of scripted voices (0.01, 0.06, 0.04 over 20
built-in clients and four counselors), because models vary more."""


@dataclass(frozen=True)
class Price:
    """What one episode takes: model calls, tokens, cost (`None` while unknown), seconds of play."""

    calls: float
    tokens: float
    cost: float | None
    seconds: float


@dataclass(frozen=True)
class Pilot:
    """What is known before the run. `price` is `None` without a pilot run."""

    components: Components
    source: str
    price: Price | None


@dataclass(frozen=True)
class Need:
    """With so many seeds: the clients needed at 80 and at 90 % power (`None`: over 100,000), and the
    power of the number of clients that is planned.
    """

    seeds: int
    at_80: int | None
    at_90: int | None
    planned: float


def read_pilot(folder: Path | None) -> Pilot:
    """Return the components and the price from a pilot run, or the defaults without one.

    Raises InputError if fewer than two clients met every counselor with every seed.
    """
    if folder is None:
        return Pilot(DEFAULT, "a guess; --pilot RUN takes your own", None)
    rows, prices = [], []
    for episode in iter_episodes(folder):
        rows.append(read_row(episode))
        prices.append(_price_of(episode))
    board = Board(tuple(dict.fromkeys(row.counselor for row in rows)), rows)
    try:
        components = split_variance(board.judged())
    except ValueError:
        raise InputError(
            "too little for a pilot: two clients whom every counselor met with every seed are needed",
            where=str(folder),
            todo="play more clients there first",
        ) from None
    return Pilot(components, str(folder), _average(prices))


def find_needs(pilot: Pilot, difference: float, clients: int) -> list[Need]:
    """Return the needs for seeing a CTRS difference, for several numbers of seeds."""
    needs = []
    for seeds in SEEDS:
        spread = difference_spread(pilot.components, seeds)
        at_80, at_90 = (clients_needed(difference, spread, power) for power in (0.8, 0.9))
        needs.append(Need(seeds, at_80, at_90, power_of(difference, spread, clients)))
    return needs


def _price_of(episode: Episode) -> Price:
    costs = [call.cost for call in episode.calls]
    tokens = sum(call.prompt_tokens + call.completion_tokens for call in episode.calls)
    known = [cost for cost in costs if cost is not None]
    cost = sum(known) if len(known) == len(costs) else None
    return Price(len(costs), tokens, cost, episode.timing.seconds)


def _average(prices: Sequence[Price]) -> Price:
    costs = [price.cost for price in prices if price.cost is not None]
    return Price(
        fmean(price.calls for price in prices),
        fmean(price.tokens for price in prices),
        fmean(costs) if len(costs) == len(prices) else None,
        fmean(price.seconds for price in prices),
    )
