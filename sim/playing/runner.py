"""The batch: many episodes on one event loop, each stored as it ends, counts that add up."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from langsmith import tracing_context

from agents.models.budget import BudgetSpent
from runs.record import Episode, Failure
from runs.store import Store
from sim.playing.plan import Plan, Ticket

PlayOne = Callable[[Ticket], Awaitable[Episode | Failure]]
Job = TypeVar("Job")
Result = TypeVar("Result")
Watch = Callable[[int], None]
_ALLOCATIONS = 20_000  # containers made since the last collection of the young ones


@dataclass
class Tally:
    """Where a run stands; planned = done + failed + left at every moment.

    `kept` of the done episodes were there before this run; `stopped` tells that it ended early, and
    `why`.
    """

    planned: int
    kept: int = 0
    played: int = 0
    failed: int = 0
    stopped: bool = False
    why: str = ""
    errors: dict[str, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Return the finished episodes, earlier ones included."""
        return self.kept + self.played

    @property
    def left(self) -> int:
        """Return what is still to be played."""
        return self.planned - self.done - self.failed

    def stop(self, why: str) -> None:
        """Let no further episode start; the last reason counts."""
        self.stopped, self.why = True, why

    def count_failure(self, error: str) -> None:
        """Count one broken attempt."""
        self.failed += 1
        self.errors[error] = self.errors.get(error, 0) + 1

    def to_json(self) -> dict[str, object]:
        """Return the counts by name."""
        return {
            "planned": self.planned,
            "done": self.done,
            "failed": self.failed,
            "left": self.left,
            "played_now": self.played,
            "kept_from_before": self.kept,
            "stopped": self.stopped,
            "why": self.why,
            "errors": self.errors,
        }


def count_plan(plan: Plan, store: Store) -> Tally:
    """Return the tally before the first episode: what is planned and what the store has."""
    return Tally(len(plan), kept=sum(ticket.key in store.done for ticket in plan))


def run_batch(
    plan: Plan, store: Store, tally: Tally, play: PlayOne, concurrency: int, watch: Watch
) -> None:
    """Play what the store does not have, `concurrency` episodes at a time.

    An interrupt (SIGINT) or a spent budget lets what is in flight come to its end; a second interrupt
    or SIGTERM parks it: the calls that were completed are in the journal. Errors of the store (a
    full disk) and of an endpoint that can serve no call end the batch; errors of an episode do not.
    """
    owed = (ticket for ticket in plan if ticket.key not in store.done)
    work_off(owed, play, partial(_keep, store, tally, watch), tally, concurrency)


def work_off(
    owed: Iterator[Job],
    work: Callable[[Job], Awaitable[Result]],
    keep: Callable[[Result], None],
    tally: Tally,
    concurrency: int,
) -> None:
    """Do what is owed, `concurrency` jobs at a time, and keep each result; ends as `run_batch` does."""
    with _collecting_rarely():
        asyncio.run(_work_off(owed, work, keep, tally, concurrency))


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Leave what was there before the first episode out of garbage collection, and collect less often.

    Every message of every request is a new object; at the usual threshold the collector walks
    through all modules again and again, for a third of a run's CPU (benchmarks/sessions.py).
    """
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


async def _work_off(
    owed: Iterator[Job],
    work: Callable[[Job], Awaitable[Result]],
    keep: Callable[[Result], None],
    tally: Tally,
    concurrency: int,
) -> None:
    workers: list[asyncio.Task[None]] = []
    with tracing_context(enabled=False), _stopping_on_signals(tally, workers):
        workers += [
            asyncio.create_task(_take_turns(owed, work, keep, tally))
            for _ in range(min(concurrency, tally.left))
        ]
        await _finish(workers)


async def _take_turns(
    owed: Iterator[Job],
    work: Callable[[Job], Awaitable[Result]],
    keep: Callable[[Result], None],
    tally: Tally,
) -> None:
    """Do jobs until there are none, or until someone asks to stop."""
    while not tally.stopped and (job := next(owed, None)) is not None:
        try:
            result = await work(job)
        except BudgetSpent as spent:
            tally.stop(str(spent))
            return
        keep(result)


def _keep(store: Store, tally: Tally, watch: Watch, record: Episode | Failure) -> None:
    if isinstance(record, Episode):
        store.add(record)
        tally.played += 1
        watch(len(record.transcript))
    else:
        store.fail(record)
        tally.count_failure(record.error)
        watch(0)


async def _finish(workers: list[asyncio.Task[None]]) -> None:
    """Wait for all workers; if one breaks, end the others and raise what broke it."""
    if not workers:
        return
    ended, others = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
    for worker in others:
        worker.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    errors = [error for worker in ended if not worker.cancelled() and (error := worker.exception())]
    if errors:
        raise errors[0]


@contextmanager
def _stopping_on_signals(tally: Tally, workers: list[asyncio.Task[None]]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def park() -> None:
        tally.stop("terminated; what was in flight is parked")
        for worker in workers:
            worker.cancel()

    def interrupt() -> None:
        if tally.stopped:
            park()
        else:
            tally.stop("interrupted; what is in flight comes to its end")

    loop.add_signal_handler(signal.SIGINT, interrupt)
    loop.add_signal_handler(signal.SIGTERM, park)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)
