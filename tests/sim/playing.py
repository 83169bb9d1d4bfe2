"""Whole runs against the fake endpoint in this process: a server with moods, its configuration."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from personas.source import load_personas
from tests.fake.brain import answer
from tests.fake.replies import make_error
from tests.fake.server import Answerer, FakeServer
from tests.fake.thread import run_in_thread

NAMES = [persona.demographics.name or "" for persona in load_personas("builtin", "en").personas]
RUN = """
{top}
counselors = ["plain"]
model = "fake"
max_exchanges = 3
[models.fake]
base_url = "{url}"
model = "fake-1"
{more}
"""
Mood = Callable[[web.Request, str], web.Response | None]
"""From a request and its body to what is answered instead; None answers it as it should be."""


class MoodyServer(FakeServer):
    """Answers as the fake does, unless its mood has it answer something else."""

    def __init__(self, answerer: Answerer = answer) -> None:
        super().__init__(answerer)
        self.mood: Mood = lambda *_: None
        self.keys: set[str] = set()
        self.asked = 0
        self.held = 0
        self.served_at_most: int | None = None

    async def _complete(self, http: web.Request) -> web.StreamResponse:
        """Answer; what comes after the most that is served is held until nobody waits for it."""
        self.asked += 1
        self.keys.add(http.headers.get("Authorization", ""))
        if self.served_at_most is not None and self.asked > self.served_at_most:
            self.held += 1
            await asyncio.sleep(60)
        instead = self.mood(http, (await http.read()).decode())
        return await super()._complete(http) if instead is None else instead

    def wait_until_held(self, count: int) -> None:
        """Block until so many requests are held."""
        end = time.monotonic() + 60  # the machine may be busy
        while self.held < count:
            assert time.monotonic() < end, f"{self.held} of {count} requests are held"
            time.sleep(0.01)

    @property
    def paid(self) -> int:
        """The completed calls so far."""
        return sum(entry.completed for entry in self.log.entries)


@contextmanager
def serve(answerer: Answerer = answer) -> Iterator[MoodyServer]:
    server = MoodyServer(answerer)
    with run_in_thread(server):
        yield server


def write_run(url: str, top: str = "", more: str = "") -> Path:
    """A configuration in which every role is the model, beside what is put at the top and the end."""
    path = Path("study.toml")
    path.write_text(RUN.format(url=url, top=top, more=more))
    return path


def refuse(status: int, message: str, *, about: str = "", after: int = 0) -> Mood:
    """Refuse requests that hold some words, once so many requests have come."""
    seen: list[str] = []

    def answer_instead(_: web.Request, body: str) -> web.Response | None:
        seen.append(body)
        wanted = about in body and len(seen) > after
        return make_error(status, message) if wanted else None

    return answer_instead


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def read_content(folder: Path) -> dict[str, Any]:
    """The episodes by key, without what the clock and the endpoint's cache say."""
    episodes = read_rows(folder / "episodes.jsonl")
    for episode in episodes:
        del episode["timing"]
        for call in episode["calls"]:
            del call["latency_s"], call["cached_tokens"]
        episode["calls"].sort(key=json.dumps)  # a judge's calls end in any order
    return {episode["key"]: episode for episode in episodes}


def count_kept(folder: Path) -> int:
    """The calls in the journal of unfinished episodes."""
    return sum(path.read_bytes().count(b"\n") for path in (folder / "calls").glob("*.jsonl"))
