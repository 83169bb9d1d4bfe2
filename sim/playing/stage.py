"""Run one: a ticket becomes an episode, or a failure if anything in it breaks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from agents.models.budget import Budget
from agents.models.calls import FAULT, CallRecord
from agents.models.stop import StopRun
from graphs.session import play
from graphs.state import Limits, Outcome
from runs.journal import Journal
from runs.key import Shape
from runs.record import ChannelRecord, Episode, Failure, PanasRecord, Timing
from sim.playing.plan import Plan, Ticket


class Stage:
    """Where the tickets of a plan are played: with the journal and the budget of their model calls."""

    def __init__(self, plan: Plan, journal: Journal, budget: Budget) -> None:
        self._plan = plan
        self._journal = journal
        self._budget = budget

    async def play_one(self, ticket: Ticket) -> Episode | Failure:
        """Play, judge and record one session. A broken model is data, not a crash.

        Raises StopRun if no further call can be made; what was paid for is in the journal.
        """
        started, clock = utc_now(), time.perf_counter()
        with keep_calls(
            self._journal, self._budget, ticket.key, with_models=self._plan.with_models
        ) as calls:
            try:
                outcome = await play(
                    ticket.persona,
                    ticket.counselor,
                    seed=ticket.seed,
                    company=self._plan.company,
                    limits=Limits(max_exchanges=self._plan.shape.max_exchanges),
                )
                timing = Timing(started=started, seconds=round(time.perf_counter() - clock, 4))
                return _record(ticket, self._plan.shape, outcome, calls, timing)
            except StopRun:
                raise
            except Exception as error:  # noqa: BLE001 - whatever broke, the other episodes go on
                return _record_failure(ticket, error, calls)


@contextmanager
def keep_calls(
    journal: Journal, budget: Budget, key: str, *, with_models: bool
) -> Iterator[list[CallRecord]]:
    """Yield the list that fills with the calls made inside; nothing to keep without models."""
    if not with_models:
        yield []
        return
    from agents.models.ledger import Ledger, keeping

    with keeping(Ledger(journal.open(key), budget)) as ledger:
        yield ledger.calls


def _record(
    ticket: Ticket, shape: Shape, outcome: Outcome, calls: list[CallRecord], timing: Timing
) -> Episode:
    return Episode(
        key=ticket.key,
        language=shape.language,
        counselor=ticket.spec,
        seed=ticket.seed,
        voices=outcome.voices,
        persona=ticket.persona,
        transcript=outcome.transcript,
        trace=outcome.trace,
        edges=outcome.edges,
        channels=tuple(
            ChannelRecord.model_validate(channel, from_attributes=True)
            for channel in outcome.channels
        ),
        briefings=outcome.briefings,
        technique=outcome.technique,
        finish=outcome.finish,
        panas=PanasRecord(before=outcome.panas_before, after=outcome.panas_after),
        verdicts=outcome.verdicts,
        calls=tuple(calls),
        timing=timing,
    )


def _record_failure(ticket: Ticket, error: Exception, calls: list[CallRecord]) -> Failure:
    return Failure(
        key=ticket.key,
        persona=ticket.persona.id,
        counselor=ticket.spec,
        seed=ticket.seed,
        error=type(error).__name__,
        message=str(error)[:2000],
        calls=tuple(call for call in calls if call.finish_reason.startswith(FAULT)),
        at=utc_now(),
    )


def utc_now() -> str:
    """Return the time as records write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
