"""How many calls an endpoint may have in flight: additive increase, multiplicative decrease."""

from __future__ import annotations

from asyncio import CancelledError, Future, get_running_loop
from collections import deque
from enum import StrEnum


class Verdict(StrEnum):
    """What a finished call says about the endpoint's load."""

    SERVED = "served"
    OVERLOADED = "overloaded"
    """429, 5xx or a timeout."""
    UNKNOWN = "unknown"
    """Cancelled, refused, cut: says nothing about load."""


class Limiter:
    """Slots for calls to one endpoint, first come first served, for one event loop.

    The limit starts at `ceiling`, grows by one per call served and halves on overload, within
    [1, ceiling]: where a share p of the calls is turned away it settles near 2 / p. (One more per
    limit's worth of calls would settle near the root of that, and leave an endpoint that fails one
    call in ten almost idle.) Calls sent before a decrease cannot cause another one: a burst
    of failures halves the limit once, not once per call.
    """

    def __init__(self, ceiling: int) -> None:
        if ceiling < 1:
            raise ValueError(f"ceiling must be at least 1, not {ceiling}")
        self.ceiling = ceiling
        self.in_flight = 0
        self._limit = float(ceiling)
        self._epoch = 0
        self._queue: deque[Future[None]] = deque()

    @property
    def limit(self) -> int:
        """Calls that may be in flight now."""
        return int(self._limit)

    @property
    def waiting(self) -> int:
        """Calls that wait for a slot."""
        return sum(not future.done() for future in self._queue)

    async def acquire(self) -> int:
        """Wait for a slot; gives the ticket that `release` wants back."""
        if self._queue or self.in_flight >= self.limit:
            await self._wait()
        else:
            self.in_flight += 1
        return self._epoch

    def release(self, ticket: int, verdict: Verdict) -> None:
        """Give the slot back and learn from how the call went."""
        self.in_flight -= 1
        if verdict is Verdict.SERVED:
            self._limit = min(self._limit + 1, float(self.ceiling))
        elif verdict is Verdict.OVERLOADED and ticket == self._epoch:
            self._limit = max(self._limit / 2, 1.0)
            self._epoch += 1
        self._wake()

    async def _wait(self) -> None:
        future: Future[None] = get_running_loop().create_future()
        self._queue.append(future)
        try:
            await future
        except CancelledError:
            if not future.cancelled():  # the slot had already been handed over
                self.in_flight -= 1
            self._wake()
            raise

    def _wake(self) -> None:
        while self._queue and (self._queue[0].done() or self.in_flight < self.limit):
            future = self._queue.popleft()
            if not future.done():
                self.in_flight += 1
                future.set_result(None)
