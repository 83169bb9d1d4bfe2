"""The server: reads a request, lets the answerer find the words, waits, counts, logs, replies.

Whatever the order and company in which a request arrives, its reply is the same; only the count of
cached tokens depends on what came before, as with a real endpoint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import orjson
from aiohttp import web

from agents.models.endpoint import Endpoint
from tests.fake.faults import Fault, FaultPlan
from tests.fake.log import RequestLog
from tests.fake.replies import Job, make_completion, make_error, make_json, send
from tests.fake.request import ChatRequest, find_problem
from tests.fake.tokens import PrefixCache

MODEL = "fake"
Answerer = Callable[[ChatRequest], tuple[str, str]]
"""From a request to the role that is asked (for the log) and the text of the reply."""


@dataclass(frozen=True)
class Settings:
    """How the server behaves."""

    latency_s: float = 0.0
    """Seconds a reply takes at least, from when it has a slot."""
    slots: int = 4096
    """Requests served at the same time; the others wait."""
    structured: str = "json_schema"
    """The highest form of structured output: `json_schema`, `json_object` or `text`."""
    faults: FaultPlan = field(default_factory=FaultPlan)


class FakeServer:
    """An OpenAI-compatible endpoint on the loopback address; `async with` starts and stops it."""

    def __init__(
        self, answer: Answerer, settings: Settings | None = None, log: RequestLog | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.log = log or RequestLog()
        self.url = ""
        self._answer = answer
        self._prefixes = PrefixCache()
        self._slots = asyncio.Semaphore(self.settings.slots)

    async def start(self, port: int = 0) -> None:
        """Listen; port 0 takes any that is free. `url` is known from then on."""
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._list_models)
        app.router.add_get("/health", self._tell_health)
        # A client that has gone away ends the work for it: what it cannot see is not logged.
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, backlog=4096).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def stop(self) -> None:
        await self._runner.cleanup()
        self.log.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def endpoint(self, **fields: Any) -> Endpoint:
        return Endpoint(base_url=self.url, model=MODEL, **fields)

    async def _tell_health(self, _: web.Request) -> web.Response:
        return web.Response()

    async def _list_models(self, _: web.Request) -> web.Response:
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "tests"}
        return make_json({"object": "list", "data": [model]})

    async def _complete(self, http: web.Request) -> web.StreamResponse:
        try:
            body = orjson.loads(await http.read())
        except orjson.JSONDecodeError:
            return make_error(400, "the body is not JSON")
        if problem := find_problem(body, self.settings.structured):
            return make_error(400, problem)
        job = await self._work(ChatRequest(body))
        # From here to the reply's first byte nothing is awaited: what is logged was sent.
        counted = job.status in (200, 0) and job.fault is not Fault.HANG
        prompt = self._prefixes.count(job.request.messages) if counted else (0, 0)
        completion = make_completion(job, MODEL, *prompt)
        self._note(job, completion["usage"])
        return await send(http, job, completion, self.settings.faults)

    async def _work(self, request: ChatRequest) -> Job:
        """Find the words, which takes a slot and time."""
        attempt = self.log.begin(request.hash)
        structured = request.schema is not None
        fault = self.settings.faults.choose(request.hash, attempt, structured=structured)
        if fault is Fault.HANG:
            return Job(request, attempt, fault)
        async with self._slots:
            clock = asyncio.get_running_loop().time
            begun = clock()
            role, text = self._answer(request)
            if (left := self.settings.latency_s - (clock() - begun)) > 0:
                await asyncio.sleep(left)
        return Job(request, attempt, fault, role, text)

    def _note(self, job: Job, usage: dict[str, Any]) -> None:
        self.log.write(
            job.role,
            job.request.body,
            hash=job.request.hash,
            attempt=job.attempt,
            status=job.status,
            fault=str(job.fault or ""),
            prompt_tokens=usage["prompt_tokens"],
            cached_tokens=usage["prompt_tokens_details"]["cached_tokens"],
            completion_tokens=usage["completion_tokens"] if usage["prompt_tokens"] else 0,
        )
