"""The ledger of an episode: every call it made, what each cost, and replies that were paid before.

A voice is shared by hundreds of episodes and knows none of them; the ledger of the episode being
played is found in a context variable. A call whose request was answered in an earlier life of the
episode is answered from its tape, in the order of then, and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Protocol

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

from agents.models.budget import Budget
from agents.models.calls import FAULT, CallRecord
from agents.models.endpoint import Endpoint
from agents.models.faults import CallFault
from agents.models.reply import Model, Reply
from agents.models.structured import parse_reply
from agents.models.usage import Usage


class Tape(Protocol):
    """Where the replies of an unfinished episode are kept, first in, first out per request."""

    def take(self, request: str) -> Reply | None:
        """Return the next reply kept for this request, None if there is none left."""
        ...

    def keep(self, request: str, reply: Reply) -> None:
        """Keep the reply to this request, so that it survives the process."""
        ...


@dataclass
class Ledger:
    """The calls of one episode, in the order in which they ended."""

    tape: Tape
    budget: Budget
    calls: list[CallRecord] = field(default_factory=list)


_CURRENT: ContextVar[Ledger] = ContextVar("ledger")


@contextmanager
def keeping(ledger: Ledger) -> Iterator[Ledger]:
    """Let all calls made inside, also by tasks started inside, go through this ledger."""
    token = _CURRENT.set(ledger)
    try:
        yield ledger
    finally:
        _CURRENT.reset(token)


class LedgerModel:
    """A model whose calls are entered in the ledger of the episode that makes them.

    `name` is what the configuration calls the model; the price is the endpoint's.
    """

    def __init__(self, inner: Model, name: str, endpoint: Endpoint | None = None) -> None:
        self._inner = inner
        self._name = name
        self._endpoint = endpoint

    @property
    def voice(self) -> str:
        """Return the model's id."""
        return self._inner.voice

    async def call(
        self,
        messages: Sequence[BaseMessage],
        *,
        role: str,
        seed: int | None = None,
        schema: type[BaseModel] | None = None,
        max_tokens: int | None = None,
    ) -> Reply:
        """Return the reply of the tape, or call the model and keep its reply.

        Raises LookupError outside of `keeping`, StopRun if the budget is spent, and what the model
        raises; what failed calls took is entered, too.
        """
        ledger = _CURRENT.get()
        request = _digest(self._name, messages, role, seed, schema, max_tokens)
        kept = ledger.tape.take(request)
        if kept is not None:
            ledger.calls.append(self._enter(role, kept, kept.latency_s, kept.finish_reason))
            return _parse_again(kept, schema)
        ledger.budget.check()
        try:
            reply = await self._inner.call(
                messages, role=role, seed=seed, schema=schema, max_tokens=max_tokens
            )
        except CallFault as fault:
            spent = self._enter(role, fault.usage, 0.0, f"{FAULT}{fault.kind}")
            ledger.calls.append(spent)
            ledger.budget.spend(spent)
            raise
        ledger.tape.keep(request, reply)
        record = self._enter(role, reply, reply.latency_s, reply.finish_reason)
        ledger.calls.append(record)
        ledger.budget.spend(record)
        return reply

    def _enter(
        self, role: str, took: Reply | Usage, latency_s: float, finish_reason: str
    ) -> CallRecord:
        counts = (took.prompt_tokens, took.cached_tokens, took.completion_tokens)
        return CallRecord(
            role,
            self._name,
            *counts,
            latency_s=round(latency_s, 4),
            finish_reason=finish_reason,
            attempts=took.attempts,
            cost=self._endpoint.cost(*counts) if self._endpoint else None,
        )


def _parse_again(kept: Reply, schema: type[BaseModel] | None) -> Reply:
    """A tape keeps the text; what it was read as is read again."""
    return replace(kept, parsed=parse_reply(kept.text, schema)[0]) if schema else kept


def _digest(
    name: str,
    messages: Sequence[BaseMessage],
    role: str,
    seed: int | None,
    schema: type[BaseModel] | None,
    max_tokens: int | None,
) -> str:
    """Return 32 hex digits over all that makes a request this request."""
    wanted = schema.__name__ if schema else ""
    digest = blake2b(f"{name}\0{role}\0{seed}\0{wanted}\0{max_tokens}".encode(), digest_size=16)
    for message in messages:
        digest.update(f"\0\0{message.type}\0{message.content}".encode())
    return digest.hexdigest()
