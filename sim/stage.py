"""Run one: a ticket becomes an episode, or a failure if anything in it breaks."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from graphs.session import play
from graphs.state import Limits, Outcome
from runs.key import Shape
from runs.record import ChannelRecord, Episode, Failure, PanasRecord, Timing
from sim.plan import Plan, Ticket


async def play_one(ticket: Ticket, plan: Plan) -> Episode | Failure:
    """Play, judge and record one session. A broken model is data, not a crash."""
    started = _utc_now()
    clock = time.perf_counter()
    try:
        outcome = await play(
            ticket.persona,
            ticket.counselor,
            seed=ticket.seed,
            company=plan.company,
            limits=Limits(max_exchanges=plan.shape.max_exchanges),
        )
        timing = Timing(started=started, seconds=round(time.perf_counter() - clock, 4))
        return _record(ticket, plan.shape, outcome, timing)
    except Exception as error:  # noqa: BLE001 - whatever broke, the other episodes go on
        return _record_failure(ticket, error)


def _record(ticket: Ticket, shape: Shape, outcome: Outcome, timing: Timing) -> Episode:
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
        technique=outcome.technique,
        finish=outcome.finish,
        panas=PanasRecord(before=outcome.panas_before, after=outcome.panas_after),
        verdicts=outcome.verdicts,
        timing=timing,
    )


def _record_failure(ticket: Ticket, error: Exception) -> Failure:
    return Failure(
        key=ticket.key,
        persona=ticket.persona.id,
        counselor=ticket.spec,
        seed=ticket.seed,
        error=type(error).__name__,
        message=str(error)[:2000],
        at=_utc_now(),
    )


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
