"""A real vLLM answers the calls that voices and judges make."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, Field
from vllm_server import Served

from agents.models.caller import Caller
from agents.models.endpoint import Endpoint
from agents.models.faults import PermanentFault
from agents.models.pool import close_pools
from agents.models.reply import Reply
from evaluators.llm.answers import rating_form

pytestmark = pytest.mark.vllm
GUIDE = "You are a counselor. Listen, reflect what you hear, then ask one open question. " * 12
TALK = [SystemMessage(GUIDE), HumanMessage("I feel low, and I do not know why.")]


class Rating(BaseModel):
    """A judgement that even random weights can give, once they are held to its form."""

    model_config = ConfigDict(extra="forbid")

    item: Literal["understanding", "collaboration", "focus"]
    score: Annotated[int, Field(ge=0, le=6)]
    evidence: Annotated[str, Field(max_length=60)]
    safe: bool


def play(endpoint: Endpoint, use: Callable[[Caller], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        try:
            return await use(Caller(endpoint))
        finally:
            await close_pools()

    return asyncio.run(run())


def test_a_plain_call_brings_words_and_counts(served: Served) -> None:
    async def use(caller: Caller) -> Reply:
        return await caller.call(TALK, role="counselor", seed=7, max_tokens=24)

    reply = play(served.endpoint(temperature=1.0), use)
    assert reply.text
    assert reply.model == served.model
    assert reply.prompt_tokens > 100
    assert 0 < reply.completion_tokens <= 24 * reply.attempts  # a cut reply is asked for again
    assert reply.finish_reason in ("stop", "length")


def test_the_seed_decides_what_is_said(served: Served) -> None:
    async def use(caller: Caller) -> list[str]:
        seeds = (7, 7, *range(8, 24))  # a tiny model is often sure of its next token
        calls = [caller.call(TALK, role="client", seed=s, max_tokens=24) for s in seeds]
        return [reply.text for reply in await asyncio.gather(*calls)]

    first, again, *others = play(served.endpoint(temperature=1.0), use)
    assert first == again
    assert set(others) - {first}


def test_a_second_turn_is_served_from_the_prefix_cache(served: Served) -> None:
    async def use(caller: Caller) -> Reply:
        first = await caller.call(TALK, role="counselor", seed=1, max_tokens=8)
        longer = [*TALK, AIMessage(first.text), HumanMessage("It began in spring.")]
        return await caller.call(longer, role="counselor", seed=2, max_tokens=8)

    reply = play(served.endpoint(temperature=1.0), use)
    assert reply.cached_tokens > 0.5 * reply.prompt_tokens


def test_a_burst_of_long_seeded_prompts_is_served(served: Served) -> None:
    """More tokens at once than vLLM reads in one step: what a run's first turn is."""

    def talk(number: int) -> list[BaseMessage]:
        return [SystemMessage(f"Client {number}. " + GUIDE * 4), HumanMessage("I feel low.")]

    async def use(caller: Caller) -> list[Reply]:
        calls = [caller.call(talk(n), role="client", seed=n, max_tokens=8) for n in range(12)]
        return await asyncio.gather(*calls)

    replies = play(served.endpoint(temperature=1.0), use)
    assert all(reply.text for reply in replies)
    assert sum(reply.prompt_tokens // reply.attempts for reply in replies) > 8192


@pytest.mark.parametrize("seed", range(4))
def test_a_schema_is_held_to(served: Served, seed: int) -> None:
    async def use(caller: Caller) -> Reply:
        return await caller.call(TALK, role="ctrs", seed=seed, schema=Rating, max_tokens=200)

    reply = play(served.endpoint(temperature=1.0), use)
    assert isinstance(reply.parsed, Rating)
    assert reply.attempts == 1
    assert reply.parsed == Rating.model_validate_json(reply.text)


def test_a_rating_comes_with_its_odds(served: Served) -> None:
    form = rating_form(0, 6)

    async def use(caller: Caller) -> list[Reply]:
        ask = [*TALK, AIMessage("Go on."), HumanMessage("Quote nothing; rate it.")]
        seeds = range(4)
        return await asyncio.gather(
            *(caller.call(ask, role="ctrs", seed=s, schema=form.schema) for s in seeds)
        )

    replies = play(served.endpoint(temperature=1.0, logprobs=True, max_tokens=1500), use)
    read = [reply for reply in replies if reply.parsed is not None]
    assert read
    for reply in read:
        assert reply.odds
        assert 0 < sum(share for _, share in reply.odds) <= 1.001
        said = json.loads(reply.text)["rating"]
        told = "null" if said is None else str(said)
        assert any(told.startswith(word[:1]) for word, _ in reply.odds if word)


def test_an_unknown_model_is_a_permanent_fault(served: Served) -> None:
    async def use(caller: Caller) -> Reply:
        return await caller.call(TALK, role="client", max_tokens=8)

    with pytest.raises(PermanentFault) as caught:
        play(served.endpoint(model="absent"), use)
    assert f"absent at {served.url}" in str(caught.value)
    assert "does not exist" in str(caught.value)
