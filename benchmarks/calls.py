"""What a model call costs in CPU: the fast chat model, the usual clients, and the bare transport.

    .venv/bin/python benchmarks/calls.py

All post the same messages to an instant server in a process of its own, in turn, several rounds
each; the median round counts. CPU is this process's own, the server's is not in it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import orjson
from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI

from agents.models.caller import Caller
from agents.models.endpoint import Endpoint
from agents.models.fast_chat import build_chat
from agents.models.pool import close_pools

ROUNDS = 3
MESSAGES = (2, 40)
IN_FLIGHT = (1, 64, 512)
PATIENT_CALLS, CALLS = 400, 1600  # a slow client needs fewer calls for a steady number
Call = Callable[[int], Awaitable[object]]

TALK: list[BaseMessage] = [
    SystemMessage("You are a counselor. " * 20),
    *[
        (HumanMessage if turn % 2 else AIMessage)("It has been hard to sleep since then. " * 6)
        for turn in range(1, 40)
    ],
]
REPLY = orjson.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "instant",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": "What was it like? " * 12},
            }
        ],
        "usage": {"prompt_tokens": 900, "completion_tokens": 48, "total_tokens": 948},
    }
)


class InstantServer(asyncio.Protocol):
    """Answers every request with the same completion, as soon as its last byte is in."""

    HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport: Any = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        """Read on; answer each whole request."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            self._transport.write(self.HEAD % len(REPLY) + REPLY)


def serve(port: Any) -> None:
    """Serve until killed; tells the port it got."""
    raise_file_limit()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(InstantServer, "127.0.0.1", 0, backlog=2048)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def raise_file_limit() -> None:
    """Allow as many open connections as the machine does."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def build_clients(url: str, session: ClientSession) -> dict[str, Call]:
    """The clients in comparison, each a function from a number of messages to a call."""
    endpoint = Endpoint(base_url=url, model="instant", concurrency=max(IN_FLIGHT), seed=1)
    caller, fast = Caller(endpoint), build_chat(endpoint)
    stock = ChatOpenAI(model="instant", base_url=url, api_key="none", max_retries=0, seed=1)
    bare = AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
    dicts: Any = stock._get_request_payload(TALK)["messages"]
    talks = {n: TALK[:n] for n in MESSAGES}
    raws = {n: dicts[:n] for n in MESSAGES}

    async def post_raw(n: int) -> object:
        body = orjson.dumps({"model": "instant", "seed": 1, "messages": raws[n]})
        async with session.post(f"{url}/chat/completions", data=body) as response:
            return orjson.loads(await response.read())

    return {
        "raw aiohttp + orjson": post_raw,
        "FastChatOpenAI": lambda n: fast.ainvoke(talks[n]),
        "Caller (fast, limiter, retry)": lambda n: caller.call(talks[n], role="client"),
        "bare AsyncOpenAI": lambda n: bare.chat.completions.create(
            model="instant", seed=1, messages=raws[n]
        ),
        "stock ChatOpenAI": lambda n: stock.ainvoke(talks[n]),
    }


async def measure(call: Call, messages: int, in_flight: int, calls: int) -> tuple[float, float]:
    """CPU milliseconds per call and calls per second."""
    numbers = iter(range(calls))

    async def work() -> None:
        for _ in numbers:
            await call(messages)

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*[work() for _ in range(in_flight)])
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return cpu / calls * 1e3, calls / wall


async def compare(
    clients: dict[str, Call], messages: int, in_flight: int
) -> dict[str, tuple[float, float]]:
    """The median round of each client; the clients take turns."""
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in clients}
    for turn in range(ROUNDS + 1):  # the first is for warming up
        for name, call in clients.items():
            usual = PATIENT_CALLS if "OpenAI" in name and "Fast" not in name else CALLS
            found = await measure(call, messages, in_flight, max(usual, 2 * in_flight))
            if turn:
                rounds[name].append(found)
    return {
        name: (median(cpu for cpu, _ in found), median(rate for _, rate in found))
        for name, found in rounds.items()
    }


async def run(url: str) -> None:
    """Compare and print, setting by setting."""
    print("messages  in flight  client                         CPU ms  calls/s  vs stock  vs raw")
    connector = TCPConnector(limit=0)
    async with ClientSession(connector=connector, cookie_jar=DummyCookieJar()) as session:
        clients = build_clients(url, session)
        for messages in MESSAGES:
            for in_flight in IN_FLIGHT:
                print_rows(messages, in_flight, await compare(clients, messages, in_flight))
    await close_pools()


def print_rows(messages: int, in_flight: int, table: dict[str, tuple[float, float]]) -> None:
    """Print one setting's clients."""
    raw, stock = table["raw aiohttp + orjson"][0], table["stock ChatOpenAI"][0]
    for name, (cpu, rate) in table.items():
        row = f"{messages:8}  {in_flight:9}  {name:29}  {cpu:6.2f}  {rate:7.0f}"
        print(f"{row}  {stock / cpu:6.1f} x  {cpu / raw:4.1f} x", flush=True)


def main() -> None:
    """Start the server and run."""
    raise_file_limit()
    near, far = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(far,), daemon=True)
    server.start()
    asyncio.run(run(f"http://127.0.0.1:{near.recv()}/v1"))
    server.kill()


if __name__ == "__main__":
    main()
