"""Pairwise judging of a tournament: all pairs, or with a budget the most telling ones, batch by batch.

What is drawn hangs on the outcomes before and on nothing else, so that a tournament that was stopped
draws the same pairs again, and finds most of them judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from agents.models.budget import Budget
from agents.models.stop import StopRun
from evaluators.ranking.adaptive import pick_pairs
from evaluators.ranking.comparisons import Comparisons, Outcome, collect
from evaluators.ranking.position import Position, Shown, measure_positions
from personas.errors import InputError
from runs.added import AddedStore
from runs.comparison import PAIR_SHELF, Comparison
from runs.index import EpisodeIndex
from sim.config import RunConfig
from sim.playing.casting import PairSeat
from sim.playing.plan import Plan
from sim.playing.progress import Meter
from sim.playing.runner import Tally
from sim.tournament.design import Deck, Pair, find_cells, iter_pairs
from sim.tournament.ring import Ring

BATCH = 16
"""Pairs that adaptive sampling draws before it looks at the outcomes again."""


@dataclass(frozen=True)
class Judged:
    """What pairwise judging found. `possible` counts the pairs there are, `drawn` those that were to be
    judged: all, or with `adaptive` as many as that budget; `missing` the comparisons (a pair before a
    judge) of which an answer could not be read, and those still owed.
    """

    judges: tuple[str, ...]
    adaptive: int | None
    possible: int
    drawn: int
    missing: int
    comparisons: Comparisons
    positions: tuple[Position, ...]


def judge_pairs(
    config: RunConfig,
    plan: Plan,
    folder: Path,
    seats: Sequence[PairSeat],
    adaptive: int | None,
    budget: Budget,
    notes: Console,
) -> tuple[Judged, Tally]:
    """Judge the pairs that a folder still owes, with live progress; return what was found.

    `adaptive` is the number of pairs to draw, `None` for all. Raises InputError if another process
    judges the pairs of this folder, or where an endpoint can serve no call.
    """
    index = EpisodeIndex(folder)
    cells = find_cells(plan, index.keys)
    possible = sum(1 for _ in iter_pairs(cells))
    wanted = possible if adaptive is None else min(adaptive, possible)
    tally = Tally(wanted * len(seats))
    with AddedStore(folder, PAIR_SHELF) as store:
        ring = Ring(seats, index, store, budget, tally)
        kept = ring.recall(folder)
        _announce(notes, (possible, wanted), seats, kept, torn=bool(store.torn))
        deck = Deck(cells, tuple(sorted(plan.counselors)))
        whole = iter([list(iter_pairs(cells))])
        batches = whole if adaptive is None else _draw_telling(ring, deck, wanted)
        try:
            with Meter(notes, tally, unit="pairs") as meter:
                drawn = _play(ring, batches, config.concurrency, meter)
        except StopRun as stop:
            raise InputError(str(stop)) from None
        finally:
            _conclude(notes, ring, budget)
    results = ring.results(drawn)
    judged = Judged(
        judges=tuple(seat.spec for seat in seats),
        adaptive=adaptive,
        possible=possible,
        drawn=len(drawn),
        missing=sum(row is None or row.won is None for row in results),
        comparisons=collect(iter_outcomes(results), tuple(plan.counselors)),
        positions=measure_positions(iter_shown(results)),
    )
    return judged, tally


def _play(ring: Ring, batches: Iterator[list[Pair]], concurrency: int, meter: Meter) -> list[Pair]:
    """Judge batch after batch until there are none, or until someone asks to stop; return the pairs."""
    drawn: list[Pair] = []
    try:
        for batch in batches:
            drawn += batch
            ring.judge(batch, concurrency, meter)
            if ring.tally.stopped:
                break
    except KeyboardInterrupt:  # between two batches, where no event loop takes it
        ring.tally.stop("interrupted")
    return drawn


def _draw_telling(ring: Ring, deck: Deck, count: int) -> Iterator[list[Pair]]:
    """Yield batches of the most telling pairs, given the outcomes of the batches before."""
    drawn: list[Pair] = []
    while len(drawn) < count:
        known = collect(iter_outcomes(ring.results(drawn)), deck.counselors)
        picks = pick_pairs(known, deck.room, min(BATCH, count - len(drawn)))
        batch = [deck.draw(deck.counselors[i], deck.counselors[j]) for i, j in picks]
        if not batch:
            return
        drawn += batch
        yield batch


def iter_outcomes(results: Iterable[Comparison | None]) -> Iterator[Outcome]:
    """Yield who won, for every comparison that was answered."""
    for row in results:
        if row is not None and row.won is not None:
            yield Outcome(row.form, *row.counselors, row.won)


def iter_shown(results: Iterable[Comparison | None]) -> Iterator[Shown]:
    """Yield what every judge said of a pair in both orders."""
    for row in results:
        if row is not None:
            yield Shown(row.judge, row.form, row.forward, row.backward)


def _announce(
    notes: Console, design: tuple[int, int], judges: Sequence[PairSeat], kept: int, *, torn: bool
) -> None:
    possible, wanted = design
    how = "" if possible == wanted else f", the most telling {wanted} of them"
    names = ", ".join(seat.spec for seat in judges)
    notes.print(
        f"pairs: {possible} of the same client and seed{how}, judged in both orders by {names}; "
        f"{kept} comparisons are in {PAIR_SHELF.file} already",
        soft_wrap=True,
    )
    if torn:
        notes.print(f"{PAIR_SHELF.file}: the last line was torn and is cut off; it is owed")


def _conclude(notes: Console, ring: Ring, budget: Budget) -> None:
    tally = ring.tally
    notes.print(
        f"pairs planned {tally.planned} = done {tally.done} + failed {tally.failed} + left {tally.left}"
    )
    if budget.tokens:
        cost = f", cost {budget.cost:.4f}" if budget.cost else ""
        notes.print(f"spent by this call on episodes and pairs: {budget.tokens:,} tokens{cost}")
    if tally.stopped:
        notes.print(f"Stopped: {tally.why}.", soft_wrap=True)
    if tally.failed:
        kinds = ", ".join(f"{kind} ×{count}" for kind, count in tally.errors.items())
        notes.print(f"Failed: {kinds}; the first: {ring.first_error}", soft_wrap=True)
