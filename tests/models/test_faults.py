"""Faults: what each failure is, how long to wait, and what the message says."""

import asyncio
import random
from datetime import UTC, datetime

import httpx2
import openai
import pytest
from pydantic import SecretStr

from agents.models.endpoint import Endpoint
from agents.models.faults import (
    Diagnosis,
    Kind,
    PermanentFault,
    diagnose,
    make_fault,
    parse_retry_after,
)
from agents.models.retry import Retry, RetryPolicy, Waiter
from agents.models.usage import Usage

NOW = datetime(2030, 1, 1, 12, 0, 0, tzinfo=UTC)
KEY = SecretStr("planted-key-123")


def _error(
    status: int, body: object = "why", headers: dict[str, str] | None = None
) -> openai.APIStatusError:
    request = httpx2.Request("POST", "http://host/v1")
    response = httpx2.Response(status, request=request, headers=headers or {})
    return openai.APIStatusError("why", response=response, body=body)


@pytest.mark.parametrize(
    ("status", "body", "served", "kind"),
    [
        (401, "", True, Kind.PERMANENT),
        (403, "", True, Kind.PERMANENT),
        (404, "", True, Kind.PERMANENT),
        (402, "", True, Kind.PERMANENT),
        (403, "your input was flagged by moderation", True, Kind.CONTENT_FILTER),
        (429, "", False, Kind.TRANSIENT),
        (429, {"code": "insufficient_quota"}, True, Kind.PERMANENT),
        (408, "", False, Kind.TRANSIENT),
        (500, "", False, Kind.TRANSIENT),
        (503, "", True, Kind.TRANSIENT),
        (529, "", True, Kind.TRANSIENT),
        (400, {"code": "content_filter"}, False, Kind.CONTENT_FILTER),
        (400, "maximum context length is 2048", False, Kind.REJECTED),
        (400, "no such field", False, Kind.PERMANENT),
        (400, "no such field", True, Kind.REJECTED),
        (422, "no such field", True, Kind.REJECTED),
    ],
)
def test_statuses(status: int, body: object, served: bool, kind: Kind) -> None:
    found = diagnose(_error(status, body), key=None, contacted=True, served=served)
    assert (found.kind, found.status) == (kind, status)
    assert found.overloaded == (kind is Kind.TRANSIENT and status != 408)


def test_a_bug_of_ours_is_not_a_fault() -> None:
    with pytest.raises(ZeroDivisionError):
        diagnose(ZeroDivisionError(), key=None, contacted=True, served=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "Tue, 01 Jan 2030 12:00:09 GMT"}, 9.0),
        ({"retry-after": "Tue, 01 Jan 2030 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(httpx2.Headers(headers), NOW) == seconds


def test_the_message_names_the_endpoint_and_never_the_key() -> None:
    endpoint = Endpoint(base_url="http://localhost:8000/v1", model="tiny")
    error = openai.APIStatusError(
        f"bad key {KEY.get_secret_value()}, header Bearer abc.def",
        response=_error(401).response,
        body=None,
    )
    found = diagnose(error, key=KEY, contacted=True, served=True)
    fault = make_fault(endpoint, found, Usage(attempts=1), role="client")
    assert isinstance(fault, PermanentFault)
    assert "tiny at http://localhost:8000/v1 (client): HTTP 401: bad key ***" in str(fault)
    assert "OPENAI_API_KEY" in str(fault)
    assert "planted" not in repr(fault)
    assert "abc.def" not in str(fault)


class _Clock:
    """A clock that only sleeping moves, and a record of the sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    def waiter(self, seed: int = 1) -> Waiter:
        return Waiter(self.sleep, lambda: self.now, random.Random(seed))


def _retry_until_end(diagnosis: Diagnosis, policy: RetryPolicy, clock: _Clock) -> int:
    async def play() -> int:
        retry = Retry(policy, clock.waiter())
        while True:
            retry.begin()
            if not await retry.wait_after(diagnosis):
                return retry.attempts

    return asyncio.run(play())


def test_full_jitter_doubles_its_bound_and_is_repeatable() -> None:
    policy = RetryPolicy(attempts=8, base_s=1.0, cap_s=8.0, total_s=1000)
    first, second = _Clock(), _Clock()
    fault = Diagnosis(Kind.TRANSIENT, "")
    assert _retry_until_end(fault, policy, first) == _retry_until_end(fault, policy, second) == 8
    assert first.sleeps == second.sleeps
    bounds = [1, 2, 4, 8, 8, 8, 8]
    assert all(0 <= slept <= bound for slept, bound in zip(first.sleeps, bounds, strict=True))


def test_the_total_time_is_a_cap_too() -> None:
    clock = _Clock()
    policy = RetryPolicy(attempts=100, total_s=10)
    asked = Diagnosis(Kind.TRANSIENT, "", retry_after_s=4.0)
    assert _retry_until_end(asked, policy, clock) == 3
    assert clock.now <= 10
    assert _retry_until_end(Diagnosis(Kind.TRANSIENT, "", retry_after_s=3600), policy, clock) == 1


def test_the_queue_for_a_slot_does_not_count() -> None:
    async def play() -> None:
        clock, fault = _Clock(), Diagnosis(Kind.TRANSIENT, "")
        retry = Retry(RetryPolicy(total_s=10), clock.waiter())
        for _ in range(3):
            clock.now += 100  # waiting for a slot
            retry.begin()
            clock.now += 1  # the request
            assert await retry.wait_after(fault)
        retry.begin()
        clock.now += 10
        assert not await retry.wait_after(fault)

    asyncio.run(play())


def test_retry_after_is_a_lower_bound() -> None:
    clock = _Clock()
    _retry_until_end(
        Diagnosis(Kind.TRANSIENT, "", retry_after_s=4.0), RetryPolicy(attempts=3), clock
    )
    assert all(4.0 <= slept <= 4.5 for slept in clock.sleeps)


@pytest.mark.parametrize("kind", [Kind.GARBAGE, Kind.LENGTH, Kind.CONTENT_FILTER])
def test_other_samples_have_a_cap_of_their_own(kind: Kind) -> None:
    usual = RetryPolicy()
    assert 1 < usual.samples < usual.attempts
    assert _retry_until_end(Diagnosis(kind, ""), usual, _Clock()) == usual.samples
    assert _retry_until_end(Diagnosis(kind, ""), RetryPolicy(samples=2), _Clock()) == 2


@pytest.mark.parametrize("kind", [Kind.PERMANENT, Kind.REJECTED])
def test_what_cannot_be_helped_is_not_tried_again(kind: Kind) -> None:
    clock = _Clock()
    assert _retry_until_end(Diagnosis(kind, ""), RetryPolicy(), clock) == 1
    assert clock.sleeps == []
