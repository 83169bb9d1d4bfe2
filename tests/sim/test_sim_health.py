"""`counselgym serve --check`: what it finds out about an endpoint, and that it keeps the key."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "models"))

from server import ModelServer, Step, completion, refusal_of

KEY = "planted-key-0123456789"


def answer(body: dict[str, Any]) -> Step:
    """A good endpoint: the seed decides the words, a wanted form is kept."""
    if "response_format" in body:
        return Step(body=completion('{"mood": "low", "certain": true}'))
    return Step(body=completion(f"A long night, number {body['seed']}."))


def answer_without_schemas(body: dict[str, Any]) -> Step:
    if body.get("response_format", {}).get("type") == "json_schema":
        return refusal_of(400, "response_format json_schema is not supported")
    return answer(body)


def answer_without_forms(body: dict[str, Any]) -> Step:
    if "response_format" in body:
        return refusal_of(400, "response_format is not supported")
    return answer(body)


@contextmanager
def running(server: ModelServer) -> Iterator[ModelServer]:
    """Let the server run on an event loop of its own, in a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
        yield server
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def check(call: Any, server: ModelServer, *words: str) -> Any:
    with running(server):
        return call("serve", *words, "--check", server.url)


def test_a_good_endpoint(call: Any) -> None:
    server = ModelServer(default=answer)
    server.models = ["tiny", "warm"]
    ended = check(call, server)
    assert ended.code == 0
    for found in (
        "tiny, warm",
        "12 + 4 tokens",
        "the same words again",
        "8 of 12 prompt tokens",
        "the endpoint holds replies to a schema",
        f"A run can use tiny at {server.url}.",
    ):
        assert found in ended.out
    assert "did not fit" not in ended.out
    assert {request["model"] for request in server.requests} == {"tiny"}


@pytest.mark.parametrize(
    ("default", "found"),
    [
        (answer_without_schemas, "no schemas, JSON only"),
        (answer_without_forms, "no schemas: the prompt describes them; but the reply did not fit"),
    ],
)
def test_an_endpoint_without_schemas(
    call: Any, default: Callable[[dict[str, Any]], Step], found: str
) -> None:
    server = ModelServer(default=default)
    ended = check(call, server, "warm")
    assert ended.code == 0
    assert found in ended.out
    assert "not listed (HTTP 404); asked warm" in ended.out


def test_words_that_change_and_a_cache_that_is_not_reported(call: Any) -> None:
    plain = {"usage": {"prompt_tokens": 12, "completion_tokens": 4, "total_tokens": 16}}
    steps = [Step(body=completion(text, **plain)) for text in ("One.", "Two.")]
    ended = check(call, ModelServer(*steps, default=answer), "tiny")
    assert "other words: it does not repeat" in ended.out
    assert "none reported" in ended.out


def test_a_model_that_is_not_listed(call: Any) -> None:
    server = ModelServer(default=refusal_of(404, "no model absent"))
    server.models = ["tiny"]
    ended = check(call, server, "absent")
    assert ended.code == 1
    assert "tiny; absent is not among them" in ended.out
    assert f"A run cannot use absent at {server.url}." in ended.out


def test_the_key_is_sent_and_never_shown(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECK_KEY", KEY)
    server = ModelServer(default=refusal_of(401, f"the key {KEY} is wrong"))
    ended = check(call, server, "tiny", "--key-env", "CHECK_KEY")
    assert ended.code == 1
    assert server.listed_with == f"Bearer {KEY}"
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "CHECK_KEY" in ended.out
    assert KEY not in ended.out + ended.err


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("--check", "localhost:8000"), "give a full address"),
        (("--check", "http://127.0.0.1:9/v1", "--key-env", "low"), "--key-env: the NAME of an"),
        (("--check", "http://127.0.0.1:9/v1"), "does not say which model to ask"),
        (("m", "--check", "http://models.invalid/v1", "--key-env", "UNSET_KEY"), "UNSET_KEY"),
    ],
)
def test_what_cannot_be_checked(call: Any, words: tuple[str, ...], advice: str) -> None:
    ended = call("serve", *words)
    assert ended.code == 2
    assert advice in ended.err


def test_an_endpoint_that_lists_no_model(call: Any) -> None:
    server = ModelServer()
    server.models = []
    ended = check(call, server)
    assert ended.code == 2
    assert "none listed" in ended.err
