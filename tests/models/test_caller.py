"""The caller against a real server: replies, faults, retries, and no key anywhere."""

import asyncio
import logging
import random
import socket
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from calling import STOCK, TALK, Sleeps, ask, play_with
from server import ModelServer, Step, completion, refusal_of

from agents.models.caller import Caller
from agents.models.endpoint import Endpoint
from agents.models.faults import CallFault, Kind, PermanentFault
from agents.models.pool import pool_of
from agents.models.reply import Reply
from agents.models.retry import RetryPolicy, Waiter

SAMPLES = RetryPolicy().samples


@STOCK
def test_a_reply_with_all_its_numbers(stock: bool) -> None:
    server = ModelServer()
    options = {"temperature": 0.5, "extra_body": {"top_k": 2}}
    use = lambda c: c.call(TALK, role="client", seed=5, max_tokens=7)  # noqa: E731
    reply = play_with(server, use, stock=stock, **options)
    assert (reply.text, reply.model, reply.finish_reason) == ("Hello.", "tiny-served", "stop")
    assert (reply.prompt_tokens, reply.cached_tokens, reply.completion_tokens) == (12, 8, 4)
    assert reply.attempts == 1
    assert 0 < reply.latency_s < 5
    assert reply.parsed is None
    sent = server.requests[0]
    assert (sent["seed"], sent["max_completion_tokens"], sent["temperature"]) == (5, 7, 0.5)
    assert sent["top_k"] == 2


@STOCK
@pytest.mark.parametrize(
    "step",
    [
        refusal_of(429, "slow down"),
        Step(status=500, body="oops"),
        Step(status=503, body=""),
        Step(cut=True),
        Step(body="<html>gateway</html>", content_type="text/html"),
        Step(body='{"id": "torn', content_type="application/json"),
        Step(body=completion(choices=None)),
        Step(body=completion(choices=[])),
        Step(body=completion("")),
        Step(body=completion(None, finish_reason="content_filter")),
        refusal_of(400, "filtered", code="content_filter"),
        Step(body=completion("Cut sh", finish_reason="length")),
        Step(body={"error": {"message": "busy"}}),
    ],
)
def test_a_passing_fault_is_tried_again(step: Step, stock: bool) -> None:
    sleeps = Sleeps()
    server = ModelServer(Step(), step)

    async def use(caller: Caller) -> Reply:
        await ask(caller)
        return await ask(caller)

    reply = play_with(server, use, stock=stock, sleeps=sleeps)
    assert (reply.text, reply.attempts, len(sleeps)) == ("Hello.", 2, 1)
    assert 0 <= sleeps[0] <= 0.5


@STOCK
def test_timeouts_are_tried_again_and_lower_the_limit(stock: bool) -> None:
    server = ModelServer(Step(delay_s=1.0))

    async def use(caller: Caller) -> tuple[Reply, int]:
        reply = await ask(caller)
        end = caller.endpoint
        return reply, pool_of(end.base_url, end.model, end.concurrency).limiter.limit

    reply, limit = play_with(server, use, stock=stock, timeout_s=0.3, concurrency=64)
    assert (reply.attempts, limit) == (2, 64 // 2 + 1), "halved, then one more for the served call"


@STOCK
def test_retry_after_in_seconds_and_as_a_date(stock: bool) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    steps = [Step(status=429, headers={"Retry-After": value}) for value in ("9", date)]
    sleeps = Sleeps()
    assert play_with(ModelServer(*steps), ask, sleeps=sleeps, stock=stock).attempts == 3
    assert 9 <= sleeps[0] <= 9.5
    assert 55 <= sleeps[1] <= 60.5


@STOCK
@pytest.mark.parametrize(
    ("step", "advice"),
    [
        (refusal_of(401, "bad key"), "check the key in OPENAI_API_KEY"),
        (refusal_of(403, "not yours"), "check the key in OPENAI_API_KEY"),
        (refusal_of(404, "no such model"), "serves a model 'tiny'"),
        (refusal_of(400, "unknown parameter"), "check the settings"),
        (Step(body="<html>Welcome</html>", content_type="text/html"), "is a chat endpoint"),
        (refusal_of(429, "no money", code="insufficient_quota"), "no budget left"),
    ],
)
def test_a_permanent_fault_stops_at_once(step: Step, advice: str, stock: bool) -> None:
    server = ModelServer(default=step)
    with pytest.raises(PermanentFault) as caught:
        play_with(server, ask, stock=stock)
    assert len(server.requests) == caught.value.usage.attempts == 1
    assert f"tiny at {server.url} (client)" in str(caught.value)
    assert advice in str(caught.value)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@STOCK
@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_nobody_there_at_first_contact_is_permanent(
    host: str, stock: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    endpoint = Endpoint(base_url=f"http://{host}:{_free_port()}/v1", model="tiny")
    with pytest.raises(PermanentFault, match="is a server running at http"):
        asyncio.run(ask(Caller(endpoint, stock=stock)))


@STOCK
def test_nobody_there_later_is_transient(stock: bool) -> None:
    async def play() -> None:
        async with ModelServer() as server:
            caller = Caller(
                server.endpoint(),
                stock=stock,
                waiter=Waiter(Sleeps()),
                policy=RetryPolicy(attempts=3),
            )
            await ask(caller)
        with pytest.raises(CallFault) as caught:
            await ask(caller)
        assert (caught.value.kind, caught.value.usage.attempts) == (Kind.TRANSIENT, 3)
        assert not isinstance(caught.value, PermanentFault)

    asyncio.run(play())


@STOCK
def test_a_refused_request_fails_alone_once_others_are_served(stock: bool) -> None:
    server = ModelServer(Step(), refusal_of(400, "bad request"))

    async def use(caller: Caller) -> None:
        await ask(caller)
        with pytest.raises(CallFault) as caught:
            await ask(caller)
        assert caught.value.kind is Kind.REJECTED
        assert (await ask(caller)).text == "Hello."

    play_with(server, use, stock=stock)


def test_attempts_are_capped() -> None:
    server = ModelServer(default=Step(status=500))
    with pytest.raises(CallFault, match=r"HTTP 500.*transient, 4 attempts"):
        play_with(server, ask, policy=RetryPolicy(attempts=4))
    assert len(server.requests) == 4


@STOCK
def test_length_stops_and_empty_replies_are_sampled_anew(stock: bool) -> None:
    cut = Step(body=completion("Half a", finish_reason="length"))
    server = ModelServer(default=cut)
    reply = play_with(server, ask, stock=stock)
    assert (reply.text, reply.finish_reason, reply.attempts) == ("Half a", "length", SAMPLES)
    assert [sent["seed"] for sent in server.requests] == [5 + n for n in range(SAMPLES)]
    assert reply.completion_tokens == 4 * SAMPLES, "every sample was paid for"
    empty = ModelServer(default=Step(body=completion(" ")))
    with pytest.raises(CallFault) as caught:
        play_with(empty, ask, stock=stock)
    assert caught.value.kind is Kind.GARBAGE
    assert caught.value.usage.attempts == SAMPLES == len(empty.requests)
    assert caught.value.usage.prompt_tokens == 12 * SAMPLES
    withheld = ModelServer(default=Step(body=completion(None, finish_reason="content_filter")))
    with pytest.raises(CallFault) as caught:
        play_with(withheld, ask, stock=stock)
    assert caught.value.kind is Kind.CONTENT_FILTER


def test_callers_of_one_endpoint_share_its_slots() -> None:
    async def play() -> None:
        async with ModelServer(default=Step(delay_s=0.01)) as server:
            callers = [Caller(server.endpoint(concurrency=4)) for _ in range(3)]
            replies = await asyncio.gather(*[ask(c) for c in callers for _ in range(8)])
            assert len(replies) == 24
            assert server.peak <= 4
            limiter = pool_of(server.url, "tiny", 4).limiter
            assert (limiter.in_flight, limiter.waiting) == (0, 0)

    asyncio.run(play())


def test_overload_lowers_the_concurrency_and_success_restores_it() -> None:
    async def play() -> None:
        overloaded = [refusal_of(429, "slow") for _ in range(16)]
        async with ModelServer(*overloaded, default=Step()) as server:
            caller = Caller(server.endpoint(concurrency=16), policy=RetryPolicy(attempts=1))
            limiter = pool_of(server.url, "tiny", 16).limiter
            burst = await asyncio.gather(*[ask(caller) for _ in range(16)], return_exceptions=True)
            assert all(isinstance(fault, CallFault) for fault in burst)
            assert limiter.limit == 8, "a burst halves it once"
            await asyncio.gather(*[ask(caller) for _ in range(5)])
            assert limiter.limit == 13, "one more per served call"
            await asyncio.gather(*[ask(caller) for _ in range(200)])
            assert limiter.limit == 16

    asyncio.run(play())


def test_a_cancelled_call_gives_its_slot_back() -> None:
    async def play() -> None:
        async with ModelServer(Step(delay_s=5)) as server:
            caller = Caller(server.endpoint(concurrency=1))
            task = asyncio.create_task(ask(caller))
            while not server.requests:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await asyncio.wait_for(ask(caller), 2)).text == "Hello."

    asyncio.run(play())


@STOCK
def test_calls_survive_a_storm(stock: bool) -> None:
    dice = random.Random(3)
    bad = [
        refusal_of(429, "x"), Step(status=502), Step(cut=True), Step(body="no"), Step(body=completion(""))
    ]  # fmt: skip
    server = ModelServer(default=lambda _: dice.choice(bad) if dice.random() < 0.3 else Step())

    async def use(caller: Caller) -> list[Any]:
        await_all = [ask(caller) for _ in range(200)]
        return await asyncio.gather(*await_all, return_exceptions=True)

    outcomes = play_with(server, use, stock=stock, policy=RetryPolicy(samples=8))
    assert [o.text for o in outcomes] == ["Hello."] * 200
    assert sum(o.attempts for o in outcomes) == len(server.requests)


@STOCK
@pytest.mark.parametrize(
    "step",
    [
        Step(status=401, body={"error": {"message": "bad key planted-key-123"}}),
        Step(status=500, body="planted-key-123"),
        Step(status=400, body={"error": {"message": "Bearer planted-key-123"}}),
        Step(cut=True),
        Step(body="planted-key-123", content_type="text/plain"),
        Step(status=302, headers={"Location": "/v1/chat/completions"}, body=""),
    ],
)
def test_the_key_is_nowhere(
    step: Step, stock: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("MY_KEY", "planted-key-123")
    server = ModelServer(default=step)
    seen: list[str] = []

    async def use(caller: Caller) -> None:
        seen.extend([repr(caller), repr(caller.endpoint), repr(caller._chat), repr(vars(caller))])
        try:
            await ask(caller)
        except CallFault as fault:
            seen.extend(
                [repr(fault), "".join(traceback.format_exception(fault)), repr(vars(fault))]
            )

    play_with(server, use, stock=stock, api_key_env="MY_KEY", policy=RetryPolicy(attempts=2))
    assert server.headers[0]["authorization"] == "Bearer planted-key-123"
    assert "planted" not in "".join(seen)
    assert "planted" not in "".join(str(record.__dict__) for record in caplog.records)
