"""The blind reader at work: a model reads every session of a folder, many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from agents.models.caller import Caller
from agents.models.endpoint import Endpoint, parse_spec
from agents.models.faults import CallFault, PermanentFault
from agents.models.pool import close_pools
from evaluators.llm.reader import ModelReader, Reading
from evaluators.realism.recovery import Recovery
from evaluators.realism.session import Session
from personas.errors import InputError
from sim.console import open_stderr

AT_A_TIME = 256


def read_sessions(
    sessions: Iterable[Session], spec: str, endpoints: Mapping[str, Endpoint], recovery: Recovery
) -> None:
    """Add what the model hears in every session; say how many readings are missing, on stderr.

    Raises InputError for a spec that names no model, or an endpoint that can serve no call.
    """
    endpoint = parse_spec(spec, endpoints)
    missing, total = asyncio.run(_read_all(sessions, ModelReader(Caller(endpoint)), recovery))
    recovery.reader = spec
    open_stderr().print(f"{spec} read {total - missing} of {total} sessions, {missing} missing")


async def _read_all(
    sessions: Iterable[Session], reader: ModelReader, recovery: Recovery
) -> tuple[int, int]:
    missing = total = 0
    queue = list(sessions)
    try:
        for start in range(0, len(queue), AT_A_TIME):
            part = queue[start : start + AT_A_TIME]
            readings = await asyncio.gather(*(_read(reader, session) for session in part))
            for session, reading in zip(part, readings, strict=True):
                total += 1
                if reading is None:
                    missing += 1
                else:
                    recovery.add_reading(session, reading)
    finally:
        await close_pools()
    return missing, total


async def _read(reader: ModelReader, session: Session) -> Reading | None:
    try:
        return await reader.read(session.transcript, session.language)
    except PermanentFault as fault:
        raise InputError(str(fault), where="--reader") from None
    except CallFault:
        return None
