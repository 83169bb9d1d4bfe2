"""The fake server: what it counts, logs and breaks, and that a caller gets on with it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

import orjson
import pytest
from aiohttp import ClientError, ClientSession
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from agents.models.caller import Caller
from agents.models.faults import CallFault
from agents.models.pool import close_pools
from agents.models.retry import RetryPolicy
from tests.fake.brain import answer
from tests.fake.faults import Fault, FaultPlan
from tests.fake.instance import make_instance
from tests.fake.instant import answer_at_once
from tests.fake.log import RequestLog, count_paid_twice, read_log
from tests.fake.process import run_fake
from tests.fake.request import ChatRequest, find_problem
from tests.fake.server import FakeServer, Settings
from tests.fake.tokens import PrefixCache, count_tokens, cut_tokens, shared_chars

TALK = [SystemMessage("You listen."), HumanMessage("I feel low.")]
FAST = RetryPolicy(base_s=0.001, cap_s=0.01)


class Mood(BaseModel):
    word: Literal["sad", "calm"]
    strength: int = Field(ge=1, le=5)
    why: str | None
    quotes: list[str] = Field(min_length=2)


def use(
    server: FakeServer, work: Callable[[FakeServer], Awaitable[Any]], *, timeout_s: float = 10
) -> Any:
    async def run() -> Any:
        async with server:
            try:
                return await asyncio.wait_for(work(server), timeout_s)
            finally:
                await close_pools()

    return asyncio.run(run())


def body_of(text: str = "I feel low.", **fields: Any) -> dict[str, Any]:
    messages = [{"role": "system", "content": "You listen."}, {"role": "user", "content": text}]
    return {"model": "fake", "messages": messages, **fields}


async def post(server: FakeServer, body: dict[str, Any]) -> tuple[int, Any]:
    async with (
        ClientSession() as session,
        session.post(f"{server.url}/chat/completions", json=body) as response,
    ):
        return response.status, orjson.loads(await response.read())


def test_an_equal_request_gets_an_equal_reply() -> None:
    async def ask_thrice(server: FakeServer) -> list[Any]:
        reordered = dict(reversed(body_of(seed=3).items()))
        bodies = (body_of(seed=3), body_of("Hello?", seed=3), reordered)
        return [(await post(server, body))[1] for body in bodies]

    first, other, again = use(FakeServer(answer), ask_thrice)
    assert first["id"] == again["id"] != other["id"]
    assert first["choices"] == again["choices"]


def test_usage_counts_the_prompt_and_what_of_it_was_seen() -> None:
    async def ask(server: FakeServer) -> list[Any]:
        return [(await post(server, body_of(f"One two{end}")))[1]["usage"] for end in ("", "!")]

    first, second = use(FakeServer(answer), ask)
    assert first["prompt_tokens"] == 5
    assert first["prompt_tokens_details"]["cached_tokens"] == 0
    assert first["completion_tokens"] > 0
    assert first["total_tokens"] == first["prompt_tokens"] + first["completion_tokens"]
    assert second["prompt_tokens"] == 6
    assert second["prompt_tokens_details"]["cached_tokens"] == 5


def test_the_prefix_cache_follows_a_growing_transcript() -> None:
    cache = PrefixCache()
    talk = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "I came. (note 1)"},
    ]
    assert cache.count(talk) == (10, 0)
    grown = [
        talk[0],
        {"role": "user", "content": "I came."},
        {"role": "assistant", "content": "Why?"},
        {"role": "user", "content": "Because. (note 2)"},
    ]
    assert cache.count(grown) == (3 + 3 + 2 + 6, 3 + 3)
    assert cache.count(grown) == (14, 14)


@pytest.mark.parametrize(
    ("one", "other", "shared"), [("abc", "abd", 2), ("", "x", 0), ("ab", "abc", 2)]
)
def test_shared_chars(one: str, other: str, shared: int) -> None:
    assert shared_chars(one, other) == shared


def test_tokens_are_words_marks_and_chinese_characters() -> None:
    assert count_tokens("It's 9 pm … 睡不着。") == 3 + 1 + 1 + 1 + 3 + 1
    assert cut_tokens("One two, three", 3) == "One two,"
    assert cut_tokens("One", 0) == ""


def test_max_tokens_cuts_the_reply() -> None:
    server = FakeServer(lambda _: ("other", "one two three"))
    _, reply = use(server, lambda s: post(s, body_of(max_tokens=2)))
    assert reply["choices"][0]["finish_reason"] == "length"
    assert reply["choices"][0]["message"]["content"] == "one two"
    assert reply["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize(
    "roles",
    [["user", "user"], ["assistant", "user"], ["user", "assistant"], ["user", "system"], []],
)
def test_roles_out_of_turn_are_refused(roles: list[str]) -> None:
    messages = [{"role": "system", "content": "x"}] if not roles else []
    messages += [{"role": role, "content": "x"} for role in roles]
    assert find_problem({"messages": messages})
    status, error = use(FakeServer(answer), lambda s: post(s, {"messages": messages}))
    assert (status, error["error"]["message"]) == (400, find_problem({"messages": messages}))


def test_models_and_health_are_there() -> None:
    async def ask(server: FakeServer) -> tuple[Any, int]:
        async with ClientSession() as session:
            async with session.get(f"{server.url}/models") as response:
                models = await response.json()
            async with session.get(server.url.replace("/v1", "/health")) as response:
                return models, response.status

    models, status = use(FakeServer(answer), ask)
    assert models["data"][0]["id"] == "fake"
    assert status == 200


def test_the_least_instance_fits_its_schema() -> None:
    assert Mood.model_validate(make_instance(Mood.model_json_schema()))
    nested = {"$defs": {"A": {"enum": ["x"]}}, "anyOf": [{"type": "null"}, {"$ref": "#/$defs/A"}]}
    assert make_instance(nested) == "x"


@pytest.mark.parametrize("structured", ["json_schema", "json_object", "text"])
@pytest.mark.parametrize("answerer", [answer, answer_at_once])
def test_a_caller_gets_its_schema_in_all_forms(structured: str, answerer: Any) -> None:
    server = FakeServer(answerer, Settings(structured=structured), RequestLog(keep_requests=True))

    async def ask(server: FakeServer) -> Any:
        caller = Caller(server.endpoint())
        return await caller.call(TALK, role="panas", seed=1, schema=Mood)

    reply = use(server, ask)
    assert isinstance(reply.parsed, Mood)
    kinds = {"json_schema": "json_schema", "json_object": "json_object", "text": "text"}
    asked = ChatRequest(server.log.entries[-1].request or {})
    assert asked.format == kinds[structured]
    assert reply.prompt_tokens == server.log.entries[-1].prompt_tokens


def test_faults_come_in_the_share_and_mix_that_was_asked_for() -> None:
    plan = FaultPlan(0.3, seed=7)
    found = [plan.choose(f"{n:x}", 1, structured=True) for n in range(20_000)]
    counts = Counter(fault for fault in found if fault)
    assert sum(counts.values()) / len(found) == pytest.approx(0.3, abs=0.01)
    assert set(counts) == set(Fault)
    assert max(counts.values()) < 1.25 * min(counts.values())
    assert found == [plan.choose(f"{n:x}", 1, structured=True) for n in range(20_000)]
    again = [plan.choose(f"{n:x}", 2, structured=True) for n in range(20_000)]
    both = sum(1 for one, two in zip(found, again, strict=True) if one and two)
    assert both / len(found) == pytest.approx(0.09, abs=0.01)
    assert not any(FaultPlan().choose(f"{n:x}", 1, structured=True) for n in range(1000))


class FailsOnce(FaultPlan):
    """Fails the first request, whatever it is."""

    def choose(self, request_hash: str, attempt: int, *, structured: bool) -> Fault | None:
        first = not SEEN
        SEEN.append(request_hash)
        return self.kinds[0] if first else None


SEEN: list[str] = []


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_is_survived_and_logged(fault: Fault) -> None:
    SEEN.clear()
    plan = FailsOnce(kinds=(fault,), hang_s=30, retry_after_s=0.01)
    server = FakeServer(answer, Settings(faults=plan))

    async def ask(server: FakeServer) -> Any:
        caller = Caller(server.endpoint(timeout_s=0.2), policy=FAST)
        return await caller.call(TALK, role="panas", seed=5, schema=Mood)

    reply = use(server, ask)
    assert isinstance(reply.parsed, Mood)
    assert reply.attempts == 2
    assert [entry.fault for entry in server.log.entries] == [str(fault), ""]
    assert [entry.completed for entry in server.log.entries] == [False, True]


def test_many_calls_with_mixed_faults_all_end() -> None:
    plan = FaultPlan(0.3, tuple(kind for kind in Fault if kind is not Fault.HANG), seed=2)
    server = FakeServer(answer, Settings(faults=plan))

    async def ask(server: FakeServer) -> tuple[int, int]:
        caller = Caller(server.endpoint(), policy=FAST)
        calls = [caller.call(TALK, role="counselor", seed=seed * 10) for seed in range(200)]
        ended = await asyncio.gather(*calls, return_exceptions=True)
        failed = sum(isinstance(end, CallFault) for end in ended)
        return failed, sum(not isinstance(end, Exception) for end in ended)

    failed, done = use(server, ask, timeout_s=30)
    assert failed + done == 200
    assert done > 180
    assert sum(entry.completed for entry in server.log.entries) <= done
    assert count_paid_twice(server.log.entries) == 0


def test_latency_and_slots() -> None:
    server = FakeServer(answer, Settings(latency_s=0.05, slots=4))

    async def ask(server: FakeServer) -> float:
        clock = asyncio.get_running_loop().time
        begun = clock()
        await asyncio.gather(*[post(server, body_of(str(n))) for n in range(12)])
        return clock() - begun

    assert 0.15 <= use(server, ask) < 0.4


def test_the_log_is_on_disk_before_the_reply_is_here(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    server = FakeServer(answer, log=RequestLog(path, keep_requests=True))

    async def ask(server: FakeServer) -> None:
        for n in range(3):
            await post(server, body_of(seed=n // 2))
            assert len(read_log(path)) == n + 1

    use(server, ask)
    entries = read_log(path)
    assert [entry.attempt for entry in entries] == [1, 2, 1]
    assert entries[0].hash == entries[1].hash == ChatRequest(body_of(seed=0)).hash
    assert entries[2].request == body_of(seed=1)
    assert count_paid_twice(entries) == 1


def test_a_reply_that_nobody_waits_for_is_not_logged() -> None:
    server = FakeServer(answer, Settings(latency_s=0.3))

    async def ask(server: FakeServer) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(post(server, body_of()), 0.05)
        await asyncio.sleep(0.4)

    use(server, ask)
    assert server.log.entries == []


def test_it_runs_as_a_process(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    options = ("--log", str(path), "--faults", "1", "--fault-kinds", "cut", "--instant")

    async def ask(url: str) -> None:
        async with ClientSession() as session:
            with pytest.raises(ClientError):
                await session.post(f"{url}/chat/completions", json=body_of())

    with run_fake(*options) as url:
        asyncio.run(ask(url))
    assert [entry.fault for entry in read_log(path)] == ["cut"]
