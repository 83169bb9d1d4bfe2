"""A local model: a checkpoint in this process that answers like an endpoint, spec `local:PATH`.

For small models of one's own, to try them at once; for long runs serve them (docs/serving.md).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

from agents.models.checkpoint import Engine, Job, Output, load_checkpoint
from agents.models.faults import CallFault, Diagnosis, Kind
from agents.models.reply import Reply
from agents.models.structured import Rung, ask_again, parse_reply, prompt_for
from agents.models.usage import Usage

BATCH = 16
MAX_TOKENS = 512
RE_ASKS = 2
LULL_S = 0.005  # with nobody new for so long, a batch begins


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job and who waits for it."""

    job: Job
    done: asyncio.Future[tuple[Output, float]]


class LocalModel:
    """Answers from a checkpoint, in a thread of its own, up to 16 waiting requests at a time.

    `temperature` 0 (the default) takes the likeliest word each time; above 0 each request's seed
    alone decides, and a checkpoint's own top_p and top_k do not count. Equal requests get equal
    replies; in half precision other neighbours in a batch may round a word differently.
    Raises InputError if the extra `train` is missing or there is no checkpoint.
    """

    def __init__(
        self,
        path: Path,
        *,
        temperature: float = 0.0,
        load: Callable[[Path], Engine] = load_checkpoint,
    ) -> None:
        self._path = path
        self._temperature = temperature
        self._engine = load(path)
        self._lock = threading.Lock()  # a cancelled batch may still be running
        self._queue: deque[Waiting] = deque()
        self._worker: asyncio.Task[None] | None = None

    @property
    def voice(self) -> str:
        """Return the model's spec."""
        return f"local:{self._path}"

    async def call(
        self,
        messages: Sequence[BaseMessage],
        *,
        role: str,
        seed: int | None = None,
        schema: type[BaseModel] | None = None,
        max_tokens: int | None = None,
    ) -> Reply:
        """Return the reply to the messages; `role` is named in errors.

        With a `schema`, the prompt describes it; `parsed` is an instance of it, or None after two
        re-asks. Raises CallFault if the prompt is too long, or nothing was said.
        """
        limit = max_tokens or MAX_TOKENS
        if schema is not None:
            return await self._ask_structured(messages, schema, role, seed, limit)
        reply = await self._ask(messages, role, seed, limit)
        if not reply.text:
            raise self._make_fault(Kind.GARBAGE, "the reply is empty", role)
        return reply

    async def _ask_structured(
        self,
        messages: Sequence[BaseMessage],
        schema: type[BaseModel],
        role: str,
        seed: int | None,
        limit: int,
    ) -> Reply:
        asked = messages
        spent = Usage()
        for re_asks in range(RE_ASKS + 1):
            sent = prompt_for(asked, schema, Rung.TEXT)
            reply = await self._ask(sent, role, None if seed is None else seed + re_asks, limit)
            spent += Usage(reply.prompt_tokens, reply.cached_tokens, reply.completion_tokens, 1)
            parsed, problem = parse_reply(reply.text, schema)
            if parsed is not None or reply.finish_reason == "length":
                break
            asked = ask_again(messages, reply.text, problem)
        return replace(
            reply,
            parsed=parsed,
            prompt_tokens=spent.prompt_tokens,
            cached_tokens=spent.cached_tokens,
            completion_tokens=spent.completion_tokens,
            attempts=spent.attempts,
        )

    async def _ask(
        self, messages: Sequence[BaseMessage], role: str, seed: int | None, limit: int
    ) -> Reply:
        job = self._make_job(messages, role, seed, limit)
        try:
            output, seconds = await self._enqueue(job)
        except MemoryError as error:
            raise self._make_fault(Kind.REJECTED, str(error), role) from None
        return Reply(
            text=output.text,
            model=self.voice,
            prompt_tokens=job.prompt_tokens,
            cached_tokens=output.cached,
            completion_tokens=output.tokens,
            latency_s=seconds,
            finish_reason="stop" if output.stopped else "length",
            attempts=1,
        )

    def _make_job(
        self, messages: Sequence[BaseMessage], role: str, seed: int | None, limit: int
    ) -> Job:
        try:
            prompt = self._engine.render(messages)
        except ValueError as error:
            raise self._make_fault(Kind.REJECTED, str(error), role) from None
        tokens = self._engine.count(prompt)
        room = self._engine.context - tokens
        if room < 1:
            detail = f"the prompt has {tokens} tokens; the context holds {self._engine.context}"
            raise self._make_fault(Kind.REJECTED, detail, role)
        return Job(prompt, tokens, min(limit, room), self._temperature, seed)

    async def _enqueue(self, job: Job) -> tuple[Output, float]:
        """Wait for a job's output and the seconds its batch took."""
        loop = asyncio.get_running_loop()
        waiting = Waiting(job, loop.create_future())
        self._queue.append(waiting)
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._work())
        return await waiting.done

    async def _work(self) -> None:
        """Run batches until nobody waits."""
        while True:
            await self._gather()
            batch = self._take()
            if not batch:
                return
            try:
                outputs, seconds = await asyncio.to_thread(self._run, [one.job for one in batch])
            except Exception as error:  # noqa: BLE001 - goes to those who wait for it
                for one in batch:
                    _settle(one, error)
            else:
                for one, output in zip(batch, outputs, strict=True):
                    _settle(one, (output, seconds))

    async def _gather(self) -> None:
        """Wait for those who ask at about the same moment: sessions go on side by side."""
        waiting = 0
        while waiting < len(self._queue) < BATCH:
            waiting = len(self._queue)
            await asyncio.sleep(LULL_S)

    def _take(self) -> list[Waiting]:
        """The next batch: as many as wait, while the longest prompt leaves room for the longest
        reply; those who gave up waiting are left out.
        """
        batch: list[Waiting] = []
        prompt = reply = 0
        while self._queue and len(batch) < BATCH:
            one = self._queue[0]
            prompt, reply = max(prompt, one.job.prompt_tokens), max(reply, one.job.max_tokens)
            if batch and prompt + reply > self._engine.context:
                break
            self._queue.popleft()
            if not one.done.done():
                batch.append(one)
        return batch

    def _run(self, jobs: Sequence[Job]) -> tuple[list[Output], float]:
        with self._lock:
            begun = time.perf_counter()
            return self._engine.generate(jobs), time.perf_counter() - begun

    def _make_fault(self, kind: Kind, detail: str, role: str) -> CallFault:
        return CallFault(
            f"{self.voice} ({role}): {detail} [{kind}]", Diagnosis(kind, detail), Usage()
        )


def _settle(one: Waiting, result: tuple[Output, float] | Exception) -> None:
    if one.done.done():
        return
    if isinstance(result, Exception):
        one.done.set_exception(result)
    else:
        one.done.set_result(result)
