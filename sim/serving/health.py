"""Health check of an OpenAI-compatible endpoint: what it lists, answers, repeats, and holds to.

The calls are made as a run makes them, through `Caller`, so that what works here works there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal

import orjson
from aiohttp import ClientError, ClientTimeout
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, ValidationError
from rich.table import Table

from agents.models.caller import Caller
from agents.models.endpoint import NO_KEY, Endpoint
from agents.models.faults import CallFault
from agents.models.pool import close_pools, pool_of
from agents.models.reply import Reply
from agents.models.retry import RetryPolicy
from agents.models.structured import Rung
from personas.errors import InputError
from sim.console import open_stdout

SEED = 20
TOKENS = 256
LIST_S = 20.0
POLICY = RetryPolicy(attempts=2, samples=1, total_s=60)
# Long enough to fill several blocks of a prefix cache.
GUIDE = "You are a kind and patient listener. You take in what is said and answer plainly. " * 20
TALK: list[BaseMessage] = [
    SystemMessage(GUIDE),
    HumanMessage("I slept badly and missed the bus. Say one short sentence about it."),
]
WAYS = {
    Rung.JSON_SCHEMA: "the endpoint holds replies to a schema",
    Rung.JSON_MODE: "no schemas, JSON only: the prompt describes the schema",
    Rung.TEXT: "no schemas: the prompt describes them",
}


class Mood(BaseModel):
    """What the structured call asks for."""

    model_config = ConfigDict(extra="forbid")

    mood: Literal["low", "even", "high"]
    certain: bool


def check(url: str, model: str | None, key_env: str) -> bool:
    """Print what an endpoint supports; return whether a run can use it.

    Raises InputError on an address that is none, a missing key, or if no model is known to ask.
    """
    return asyncio.run(_check(url, model, key_env))


async def _check(url: str, model: str | None, key_env: str) -> bool:
    table = Table("what", "found")
    try:
        listed = await list_models(make_endpoint(url, model or "?", key_env))
        endpoint = make_endpoint(url, model or _pick(listed, url), key_env)
        table.add_row("models", _say_models(listed, endpoint.model))
        usable = False
        async for what, found, fine in iter_findings(endpoint):
            table.add_row(what, found)
            usable = usable or fine
    finally:
        await close_pools()
    console = open_stdout()
    console.print(table)
    console.print(f"A run {'can' if usable else 'cannot'} use {endpoint.name}.")
    return usable


async def iter_findings(endpoint: Endpoint) -> AsyncIterator[tuple[str, str, bool]]:
    """Yield what was tried, what was found, and whether a run can use it for that."""
    caller = Caller(endpoint, policy=POLICY)
    try:
        first = await caller.call(TALK, role="check", seed=SEED, max_tokens=TOKENS)
        yield "completion", _say_cost(first), True
        again = await caller.call(TALK, role="check", seed=SEED, max_tokens=TOKENS)
    except CallFault as fault:
        yield "completion", str(fault), False
        return
    same = "the same words again" if first.text == again.text else "other words: it does not repeat"
    yield "same seed", same, True
    yield "prefix cache", _say_cached(again), True
    yield "structure", await _try_schema(caller), True


async def _try_schema(caller: Caller) -> str:
    try:
        reply = await caller.call(TALK, role="check", seed=SEED, schema=Mood, max_tokens=TOKENS)
    except CallFault as fault:
        return str(fault)
    fits = "" if reply.parsed is not None else "; but the reply did not fit"
    return f"{WAYS[caller.rung]}{fits}; {_say_cost(reply)}"


def make_endpoint(url: str, model: str, key_env: str) -> Endpoint:
    """Return the endpoint to ask, at temperature 1 so that the seed matters."""
    try:
        return Endpoint(base_url=url, model=model, api_key_env=key_env, temperature=1.0)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "--key-env" if first["loc"] == ("api_key_env",) else "--check"
        raise InputError(first["msg"].removeprefix("Value error, "), where=where) from None


async def list_models(endpoint: Endpoint) -> list[str] | str:
    """Ask `/v1/models`; the names, or in words why there are none."""
    key = endpoint.read_key().get_secret_value()
    headers = {} if key == NO_KEY else {"Authorization": f"Bearer {key}"}
    pool = pool_of(endpoint.base_url, endpoint.model, endpoint.concurrency)
    session = await pool.open()
    try:
        async with session.get(
            f"{endpoint.base_url}/models", headers=headers, timeout=ClientTimeout(total=LIST_S)
        ) as response:
            if response.status != 200:
                return f"not listed (HTTP {response.status})"
            return _read_names(await response.read())
    except (ClientError, OSError) as error:
        # Not the error's own text: it may hold the headers, and so the key.
        return f"not listed ({type(error).__name__})"


def _read_names(content: bytes) -> list[str] | str:
    try:
        listing: Any = orjson.loads(content)
        return [str(entry["id"]) for entry in listing["data"]]
    except (ValueError, LookupError, TypeError):
        return "not listed (no list of models)"


def _pick(listed: list[str] | str, url: str) -> str:
    if isinstance(listed, str) or not listed:
        found = listed if isinstance(listed, str) else "none listed"
        raise InputError(
            f"{url} does not say which model to ask: {found}",
            todo="is the server running, and does the address end in /v1? Or name the MODEL",
        )
    return listed[0]


def _say_models(listed: list[str] | str, asked: str) -> str:
    if isinstance(listed, str):
        return f"{listed}; asked {asked}"
    missing = "" if asked in listed else f"; {asked} is not among them"
    return f"{', '.join(listed)}{missing}"


def _say_cost(reply: Reply) -> str:
    return f"{reply.latency_s:.2f} s, {reply.prompt_tokens} + {reply.completion_tokens} tokens"


def _say_cached(reply: Reply) -> str:
    if reply.cached_tokens:
        return f"{reply.cached_tokens} of {reply.prompt_tokens} prompt tokens the second time"
    return "none reported"
