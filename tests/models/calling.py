"""Calls against the test server: a caller that does not really wait, with either chat model."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from server import ModelServer

from agents.models.caller import Caller
from agents.models.pool import close_pools
from agents.models.reply import Reply
from agents.models.retry import RetryPolicy, Waiter

TALK = [SystemMessage("You listen."), HumanMessage("I feel low.")]
STOCK = pytest.mark.parametrize("stock", [False, True], ids=["fast", "stock"])


class Sleeps(list[float]):
    """Records the waits and does not wait."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def play_with(
    server: ModelServer,
    use: Callable[[Caller], Awaitable[Any]],
    *,
    stock: bool = False,
    sleeps: Sleeps | None = None,
    policy: RetryPolicy | None = None,
    **fields: Any,
) -> Any:
    async def play() -> Any:
        async with server:
            waiter = Waiter(sleep=sleeps if sleeps is not None else Sleeps(), rng=random.Random(1))
            caller = Caller(server.endpoint(**fields), stock=stock, waiter=waiter, policy=policy)
            try:
                return await use(caller)
            finally:
                await close_pools()

    return asyncio.run(play())


async def ask(caller: Caller) -> Reply:
    return await caller.call(TALK, role="client", seed=5)
