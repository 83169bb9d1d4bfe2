"""Retry: another attempt after a fault, with full jitter, a cap on attempts and on time."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from agents.models.faults import Diagnosis, Kind

SAMPLED = (Kind.CONTENT_FILTER, Kind.LENGTH, Kind.GARBAGE)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a call is tried again."""

    attempts: int = 12
    """Requests per call at most, after transient faults."""
    samples: int = 5
    """Requests at most that came back empty, as garbage, cut or filtered."""
    total_s: float = 600.0
    """Seconds in requests and waits, not in the queue for a slot, after which it gives up."""
    base_s: float = 0.5
    """Upper bound of the first wait; it doubles with each attempt."""
    cap_s: float = 60.0
    """Upper bound of any wait that the endpoint did not ask for."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """The clock, the sleep and the dice of a retry; tests bring their own."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    rng: random.Random = field(default_factory=random.Random)


class Retry:
    """The retries of one call: keeps count and says how long to wait."""

    def __init__(self, policy: RetryPolicy, waiter: Waiter) -> None:
        self.attempts = 0
        """Requests sent so far."""
        self._policy = policy
        self._waiter = waiter
        self.samples = 0
        """Replies so far that were empty, garbage, cut or filtered."""
        self._spent_s = 0.0
        self._sent_at = 0.0

    def begin(self) -> None:
        """Note that a request is being sent."""
        self.attempts += 1
        self._sent_at = self._waiter.clock()

    async def wait_after(self, diagnosis: Diagnosis) -> bool:
        """Wait before the next attempt; False, at once, if there shall be none."""
        delay = self._choose_delay(diagnosis)
        if delay is None:
            return False
        self._spent_s += self._waiter.clock() - self._sent_at + delay
        if self._spent_s > self._policy.total_s:
            return False
        await self._waiter.sleep(delay)
        return True

    def _choose_delay(self, diagnosis: Diagnosis) -> float | None:
        """Seconds to wait; None to give up."""
        if diagnosis.kind in SAMPLED:
            self.samples += 1
            return self._jitter(1) if self.samples < self._policy.samples else None
        if diagnosis.kind is not Kind.TRANSIENT or self.attempts >= self._policy.attempts:
            return None
        if diagnosis.retry_after_s is not None:
            return diagnosis.retry_after_s + self._jitter(1)
        return self._jitter(self.attempts)

    def _jitter(self, attempt: int) -> float:
        """Full jitter: anything between 0 and a bound that doubles with each attempt."""
        bound = min(self._policy.base_s * 2 ** (attempt - 1), self._policy.cap_s)
        return self._waiter.rng.uniform(0.0, bound)
