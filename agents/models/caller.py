"""The caller: one model call from messages to a reply, whatever the endpoint does meanwhile."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

from agents.models.answer import Answer, read_result, read_stopped
from agents.models.endpoint import Endpoint
from agents.models.fast_chat import build_chat
from agents.models.faults import CallFault, Diagnosis, Kind, diagnose, make_fault
from agents.models.limiter import Verdict
from agents.models.odds import TOP, read_odds
from agents.models.pool import Pool, pool_of
from agents.models.reply import Reply, Weighed
from agents.models.retry import Retry, RetryPolicy, Waiter
from agents.models.structured import (
    Rung,
    ask_again,
    format_of,
    is_refusal,
    parse_reply,
    prompt_for,
)
from agents.models.usage import Usage

RE_ASKS = 2
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt with its options, and what is to be sent at the n-th sample of it."""

    messages: list[BaseMessage]
    role: str
    seed: int | None
    options: dict[str, Any] = field(default_factory=dict)

    def options_for(self, sample: int) -> dict[str, Any]:
        """The call's options; another sample gets another seed, lest it be the same again."""
        if self.seed is None:
            return self.options
        return {**self.options, "seed": self.seed + sample}


class Caller:
    """Calls one endpoint: shares its slots and connections, retries, counts, reads schemas.

    Callers of the same endpoint share one pool per process and event loop. `stock` sends the calls
    through LangChain's own `ChatOpenAI`: same results, many times the CPU. LangChain's callbacks
    and tracing see none of its calls.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        stock: bool = False,
        policy: RetryPolicy | None = None,
        waiter: Waiter | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._chat = build_chat(endpoint, stock=stock)
        self._key = endpoint.read_key()
        self._policy = policy or RetryPolicy()
        self._waiter = waiter or Waiter()
        self._rung = Rung.JSON_SCHEMA

    def __repr__(self) -> str:
        return f"Caller({self.endpoint.name})"

    @property
    def voice(self) -> str:
        """Return the model's name at the endpoint."""
        return self.endpoint.model

    @property
    def rung(self) -> Rung:
        """Return how schemas are asked for: the best way, until the endpoint refused it."""
        return self._rung

    async def call(
        self,
        messages: Sequence[BaseMessage],
        *,
        role: str,
        seed: int | None = None,
        schema: type[BaseModel] | None = None,
        max_tokens: int | None = None,
    ) -> Reply:
        """Call the model for a `role` (named in errors) and wait for its reply.

        With a `schema` the reply's `parsed` is an instance of it, or None after two re-asks.
        Raises PermanentFault if no call to the endpoint can succeed, CallFault if this one did not.
        """
        options = {} if max_tokens is None else {"max_tokens": max_tokens}
        request = Request(
            list(messages), role, self.endpoint.seed if seed is None else seed, options
        )
        if schema is not None:
            return await self._ask_structured(request, schema)
        answer, usage = await self._ask(request, Usage())
        return _make_reply(answer, usage)

    async def _ask_structured(self, request: Request, schema: type[BaseModel]) -> Reply:
        usage, re_asks, messages = Usage(), 0, request.messages
        weighed = schema if self.endpoint.logprobs and issubclass(schema, Weighed) else None
        if weighed is not None:
            odds = {"logprobs": True, "top_logprobs": TOP}
            request = replace(request, options={**request.options, **odds})
        while True:
            rung = self._rung
            sent = _shape(request, messages, schema, rung)
            try:
                answer, usage = await self._ask(sent, usage)
            except CallFault as fault:
                if not self._step_down(rung, fault.diagnosis):
                    raise
                usage = fault.usage
                continue
            parsed, problem = parse_reply(answer.text, schema)
            if parsed is not None or re_asks == RE_ASKS or answer.finish_reason == "length":
                told = read_odds(answer.tokens, weighed.answer_field) if weighed else ()
                return replace(_make_reply(answer, usage), parsed=parsed, odds=told)
            re_asks += 1
            messages = ask_again(request.messages, answer.text, problem)

    def _step_down(self, rung: Rung, diagnosis: Diagnosis) -> bool:
        """Ask in a simpler way from now on, if the endpoint refused this one."""
        if rung is Rung.TEXT or not is_refusal(diagnosis.status, diagnosis.detail):
            return False
        self._rung = max(self._rung, Rung(rung + 1))
        logger.info("%s: no %s; from now on %s", self.endpoint.name, rung.name, self._rung.name)
        return True

    async def _ask(self, request: Request, usage: Usage) -> tuple[Answer, Usage]:
        """Send one prompt until an answer will do; gives it and `usage` with all it took added."""
        retry = Retry(self._policy, self._waiter)
        while True:
            outcome = await self._attempt(request, retry)
            usage += outcome.usage if isinstance(outcome, Answer) else Usage(attempts=1)
            flaw = outcome.find_flaw() if isinstance(outcome, Answer) else outcome
            if flaw is None and isinstance(outcome, Answer):
                return outcome, usage
            if flaw is not None and not await self._wait_after(flaw, retry, request.role):
                if isinstance(outcome, Answer) and flaw.kind is Kind.LENGTH:
                    return outcome, usage  # cut, but words: the speaker decides what to do with it
                raise make_fault(self.endpoint, flaw, usage, role=request.role) from None

    async def _wait_after(self, flaw: Diagnosis, retry: Retry, role: str) -> bool:
        logger.debug(
            "%s (%s): attempt %d: %s", self.endpoint.name, role, retry.attempts, flaw.detail
        )
        return await retry.wait_after(flaw)

    async def _attempt(self, request: Request, retry: Retry) -> Answer | Diagnosis:
        """Send one request, once there is a slot."""
        end = self.endpoint
        pool = pool_of(end.base_url, end.model, end.concurrency)
        ticket = await pool.limiter.acquire()
        verdict = Verdict.UNKNOWN
        try:
            retry.begin()
            outcome = await self._send(request, retry.samples, pool)
            if isinstance(outcome, Answer):
                verdict = Verdict.SERVED
            elif outcome.overloaded:
                verdict = Verdict.OVERLOADED
            return outcome
        finally:
            pool.limiter.release(ticket, verdict)

    async def _send(self, request: Request, sample: int, pool: Pool) -> Answer | Diagnosis:
        begun = time.perf_counter()
        try:
            # Not ainvoke(): its callbacks and tracing, off in runs anyway, cost as much as the rest.
            result = await self._chat._agenerate(request.messages, **request.options_for(sample))
            answer = read_result(result, time.perf_counter() - begun)
        except Exception as error:  # noqa: BLE001 - diagnose() raises again what it does not know
            stopped = read_stopped(error, time.perf_counter() - begun)
            if stopped is None:
                diagnosis = diagnose(
                    error, key=self._key, contacted=pool.contacted, served=pool.served
                )
                pool.contacted = pool.contacted or diagnosis.status is not None
                return diagnosis
            answer = stopped
        pool.contacted = pool.served = True
        return answer


def _shape(
    request: Request, messages: list[BaseMessage], schema: type[BaseModel], rung: Rung
) -> Request:
    """The request as it is sent for a schema."""
    wanted = format_of(schema, rung)
    options = {**request.options, "response_format": wanted} if wanted else request.options
    return replace(request, messages=prompt_for(messages, schema, rung), options=options)


def _make_reply(answer: Answer, usage: Usage) -> Reply:
    return Reply(
        text=answer.text,
        model=answer.model,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        completion_tokens=usage.completion_tokens,
        latency_s=answer.latency_s,
        finish_reason=answer.finish_reason,
        attempts=usage.attempts,
    )
