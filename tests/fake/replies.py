"""What leaves the server: completions, errors, and replies that go wrong on the way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from tests.fake.faults import Fault, FaultPlan
from tests.fake.odds import make_logprobs
from tests.fake.request import ChatRequest
from tests.fake.tokens import count_tokens, cut_tokens

PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
GARBAGE = b"upstream: stream reset, try again"
ERRORS = {
    Fault.RATE_LIMIT: (429, "Rate limit reached for requests"),
    Fault.RETRY_AFTER: (429, "Rate limit reached, come back later"),
    Fault.ERROR_500: (500, "The server had an error while processing your request"),
    Fault.UNAVAILABLE: (503, "The model is overloaded"),
}
UNANSWERED = (Fault.HANG, Fault.CUT, Fault.CUT_BODY)


@dataclass(frozen=True)
class Job:
    """A request that was worked on: how often it came, whether it is to fail, what was found."""

    request: ChatRequest
    attempt: int
    fault: Fault | None
    role: str = ""
    text: str = ""

    @property
    def status(self) -> int:
        """The HTTP status that the client sees; 0 where it sees none, or half a body."""
        if self.fault in UNANSWERED:
            return 0
        if self.fault is Fault.BAD_GATEWAY:
            return 502
        return ERRORS[self.fault][0] if self.fault in ERRORS else 200

    @property
    def said(self) -> tuple[str, str]:
        """The reply's text and finish reason."""
        half = self.text[: len(self.text) // 2]
        match self.fault:
            case Fault.EMPTY:
                return "", "stop"
            case Fault.FILTERED:
                return "", "content_filter"
            case Fault.LENGTH:
                return half, "length"
            case Fault.TORN_JSON:
                return half, "stop"
        most = self.request.max_tokens
        kept = cut_tokens(self.text, most) if most else self.text
        return kept, "stop" if kept == self.text else "length"


def make_completion(job: Job, model: str, prompt_tokens: int, cached: int) -> dict[str, Any]:
    """The body of a chat completion."""
    text, finish = job.said
    spoken = count_tokens(text)
    message = {"role": "assistant", "content": text}
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": finish}
    if job.request.body.get("logprobs"):
        choice["logprobs"] = make_logprobs(text)
    return {
        "id": f"chatcmpl-{job.request.hash}",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [choice],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": spoken,
            "total_tokens": prompt_tokens + spoken,
            "prompt_tokens_details": {"cached_tokens": cached},
        },
    }


def make_json(body: dict[str, Any], status: int = 200, **headers: str) -> web.Response:
    """A response of JSON; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = orjson.dumps(body)
    return web.Response(body=content, status=status, headers=named, content_type="application/json")


def make_error(status: int, message: str, **headers: str) -> web.Response:
    """An error in OpenAI's shape."""
    return make_json({"error": {"message": message, "type": "fake"}}, status, **headers)


async def send(
    http: web.Request, job: Job, completion: dict[str, Any], plan: FaultPlan
) -> web.StreamResponse:
    """The response, or what comes instead of it."""
    match job.fault:
        case Fault.HANG:
            await asyncio.sleep(plan.hang_s)
            return _cut(http)
        case Fault.CUT:
            return _cut(http)
        case Fault.CUT_BODY:
            return await _cut_midway(http, orjson.dumps(completion))
        case Fault.BAD_GATEWAY:
            return web.Response(status=502, text=PROXY_PAGE, content_type="text/html")
        case Fault.GARBAGE:
            return web.Response(body=GARBAGE, content_type="application/json")
        case Fault.TORN_BODY:
            body = orjson.dumps(completion)
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        case Fault.RETRY_AFTER:
            return make_error(*ERRORS[job.fault], Retry_After=str(plan.retry_after_s))
        case Fault.RATE_LIMIT | Fault.ERROR_500 | Fault.UNAVAILABLE:
            return make_error(*ERRORS[job.fault])
    return make_json(completion)


def _cut(http: web.Request) -> web.Response:
    if http.transport:
        http.transport.abort()
    return web.Response()


async def _cut_midway(http: web.Request, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await response.prepare(http)
    await response.write(body[: len(body) // 2])
    if http.transport:
        http.transport.close()  # sends what was written, then ends the connection
    return response
