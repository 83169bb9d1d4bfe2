"""A small OpenAI-compatible server whose replies the test writes down beforehand."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import orjson
from aiohttp import web

from agents.models.endpoint import Endpoint


def completion(content: str | None = "Hello.", **changes: Any) -> dict[str, Any]:
    """A chat completion; `changes` go into the choice, its message or the top, where they belong."""
    message = {"role": "assistant", "content": content, **changes.pop("message", {})}
    choice = {"index": 0, "message": message, "finish_reason": changes.pop("finish_reason", "stop")}
    usage = {
        "prompt_tokens": 12,
        "completion_tokens": 4,
        "total_tokens": 16,
        "prompt_tokens_details": {"cached_tokens": 8},
    }
    top = {"id": "chatcmpl-7", "object": "chat.completion", "created": 1700000000}
    return {**top, "model": "tiny-served", "choices": [choice], "usage": usage, **changes}


def refusal_of(status: int, message: str, **more: Any) -> Step:
    return Step(status=status, body={"error": {"message": message, **more}})


@dataclass(frozen=True)
class Step:
    """One reply of the server."""

    status: int = 200
    body: Any = field(default_factory=completion)
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: bool = False
    delay_s: float = 0.0

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else orjson.dumps(self.body)


class ModelServer:
    """Answers with `steps`, one a request, then with `default`; keeps every request."""

    def __init__(
        self, *steps: Step, default: Step | Callable[[dict[str, Any]], Step] | None = None
    ):
        self.steps = deque(steps)
        self.default = default or Step()
        self.models: list[str] | None = None
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.listed_with: str | None = None
        self.peers: set[Any] = set()
        self.open = 0
        self.peak = 0
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_get("/v1/models", self._list)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def endpoint(self, **fields: Any) -> Endpoint:
        return Endpoint(base_url=self.url, model="tiny", **fields)

    async def _list(self, request: web.Request) -> web.Response:
        self.listed_with = request.headers.get("Authorization")
        if self.models is None:
            return web.Response(status=404)
        return web.json_response({"object": "list", "data": [{"id": m} for m in self.models]})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        self.requests.append(body)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        self.peers.add(request.transport.get_extra_info("peername"))
        self.open += 1
        self.peak = max(self.peak, self.open)
        try:
            return await self._play(request, body)
        finally:
            self.open -= 1

    async def _play(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        default = self.default if isinstance(self.default, Step) else self.default(body)
        step = self.steps.popleft() if self.steps else default
        if step.delay_s:
            await asyncio.sleep(step.delay_s)
        if step.cut:
            request.transport.abort()
        return web.Response(
            status=step.status,
            body=step.content,
            headers=step.headers,
            content_type=step.content_type,
        )
