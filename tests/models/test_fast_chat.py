"""The fast chat model gives what the stock one gives, field by field, from the same requests."""

import asyncio
from typing import Any

import openai
import orjson
import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel
from server import ModelServer, Step, completion, refusal_of

from agents.models.endpoint import Endpoint
from agents.models.fast_chat import FastChatOpenAI, build_chat
from agents.models.pool import close_pools, pool_of

TALK: list[BaseMessage] = [
    SystemMessage("You listen."),
    HumanMessage("Hi, 你好 “quoted”\n\x07", name="mia"),
    AIMessage("", tool_calls=[{"name": "note", "args": {"text": "x"}, "id": "call_1"}]),
    HumanMessage([{"type": "text", "text": "in parts"}]),
    AIMessage("Go on."),
]
CALL = {"id": "call_9", "type": "function", "function": {"name": "note", "arguments": '{"t": 1}'}}
BAD_CALL = {"id": "c", "type": "function", "function": {"name": "note", "arguments": "{"}}


class Mood(BaseModel):
    word: str
    strength: int


@tool
def note(t: int) -> str:
    """Take a note."""
    return str(t)


REPLIES: dict[str, dict[str, Any]] = {
    "plain": completion(),
    "unicode": completion("你好 – “ja”\u2028\n"),
    "empty": completion(""),
    "null": completion(None),
    "tool calls": completion(
        None, message={"tool_calls": [CALL, BAD_CALL]}, finish_reason="tool_calls"
    ),
    "refusal": completion(None, message={"refusal": "I will not."}),
    "length": completion("Cut", finish_reason="length"),
    "no usage": completion(usage=None),
    "log-probabilities": completion(
        choices=[
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": "A", "annotations": []},
                "logprobs": {"content": [{"token": "A", "logprob": -0.1, "top_logprobs": []}]},
            }
        ]
    ),
    "vllm": completion(
        "Fine.",
        message={"reasoning_content": None, "function_call": None, "tool_calls": []},
        service_tier=None,
        system_fingerprint="fp",
        prompt_logprobs=None,
        kv_transfer_params=None,
        usage={"prompt_tokens": 3, "total_tokens": 4, "completion_tokens": 1},
    ),
    "service tier": completion(service_tier="flex"),
    "two choices": completion(
        choices=[
            {"index": i, "finish_reason": "stop", "message": {"role": "assistant", "content": t}}
            for i, t in enumerate(["one", "two"])
        ]
    ),
    "no id": {k: v for k, v in completion().items() if k != "id"},
}
BROKEN = {
    "no choices": Step(body={"id": "x"}),
    "null choices": Step(body=completion(choices=None)),
    "empty choices": Step(body=completion(choices=[])),
    "error in a 200": Step(body={"error": {"message": "busy"}}),
    "a list": Step(body=[1]),
    "html": Step(body="<html>hi</html>", content_type="text/html"),
    "torn json": Step(body='{"id": "x", "choi'),
    "400": refusal_of(400, "no such field"),
    "too long": refusal_of(400, "too long", code="context_length_exceeded"),
    "401": refusal_of(401, "no"),
    "403": refusal_of(403, "no"),
    "404": refusal_of(404, "no model"),
    "409": refusal_of(409, "no"),
    "422": refusal_of(422, "no"),
    "429": refusal_of(429, "slow"),
    "500": Step(status=500, body="oops", content_type="text/plain"),
    "cut": Step(cut=True),
}


async def _both(step: Step, use: Any) -> tuple[Any, Any, ModelServer]:
    """What `use(model)` gives with the stock and with the fast model; an exception counts."""
    async with ModelServer(default=step) as server:
        results = []
        for stock in (True, False):
            model = build_chat(server.endpoint(temperature=0.3, max_tokens=9, seed=5), stock=stock)
            try:
                results.append(await use(model))
            except Exception as error:  # noqa: BLE001
                results.append(error)
        await close_pools()
        return results[0], results[1], server


def _message_of(message: AIMessage) -> dict[str, Any]:
    """All of a message but the run's own id, which is new each time."""
    dumped = message.model_dump()
    if str(dumped["id"]).startswith("lc_run"):
        dumped.pop("id")
    return dumped


@pytest.mark.parametrize("name", REPLIES)
def test_same_results_from_the_same_request(name: str) -> None:
    step = Step(body=REPLIES[name])
    stock, fast, server = asyncio.run(_both(step, lambda m: m.ainvoke(TALK, stop=["END"])))
    assert _message_of(fast) == _message_of(stock)
    assert fast.content == stock.content
    assert fast.usage_metadata == stock.usage_metadata
    assert fast.response_metadata == stock.response_metadata
    assert fast.additional_kwargs == stock.additional_kwargs
    assert server.requests[0] == server.requests[1]
    assert server.headers[0]["authorization"] == server.headers[1]["authorization"]


@pytest.mark.parametrize("name", REPLIES)
def test_same_chat_result_below_the_message(name: str) -> None:
    step = Step(body=REPLIES[name])
    stock, fast, _ = asyncio.run(_both(step, lambda m: m.agenerate([TALK])))
    assert fast.llm_output == stock.llm_output
    infos = [[g.generation_info for g in r.generations[0]] for r in (fast, stock)]
    assert infos[0] == infos[1]


@pytest.mark.parametrize("name", BROKEN)
def test_same_kind_of_error(name: str) -> None:
    stock, fast, _ = asyncio.run(_both(BROKEN[name], lambda m: m.ainvoke(TALK)))
    assert isinstance(stock, Exception)
    assert isinstance(fast, type(stock)), f"{fast!r} is no {type(stock)}"
    if isinstance(stock, openai.APIStatusError):
        assert fast.status_code == stock.status_code
        assert (fast.body, str(fast)) == (stock.body, str(stock))


@pytest.mark.parametrize("method", ["json_schema", "json_mode", "function_calling"])
@pytest.mark.parametrize("raw", [True, False])
def test_same_structured_output(method: str, raw: bool) -> None:
    text = '{"word": "sad", "strength": 40}'
    call = {**CALL, "function": {"name": "Mood", "arguments": text}}
    body = (
        completion(text)
        if method != "function_calling"
        else completion(None, message={"tool_calls": [call]})
    )

    async def use(model: ChatOpenAI) -> Any:
        return await model.with_structured_output(Mood, method=method, include_raw=raw).ainvoke(
            TALK
        )

    stock, fast, server = asyncio.run(_both(Step(body=body), use))
    if raw:
        assert _message_of(fast["raw"]) == _message_of(stock["raw"])
        stock, fast = stock["parsed"], fast["parsed"]
    assert fast == stock == Mood(word="sad", strength=40)
    assert server.requests[0] == server.requests[1]


@pytest.mark.parametrize(
    "body",
    [
        completion("no json"),
        completion('{"word": "sa', finish_reason="length"),
        completion(None, finish_reason="content_filter"),
        completion(None, message={"refusal": "No."}),
        completion(choices=None),
    ],
)
def test_same_failures_of_structured_output(body: dict[str, Any]) -> None:
    stock, fast, _ = asyncio.run(
        _both(Step(body=body), lambda m: m.with_structured_output(Mood).ainvoke(TALK))
    )
    assert isinstance(stock, Exception)
    assert type(fast) is type(stock)


def test_bound_tools_options_and_extra_body() -> None:
    async def use(model: ChatOpenAI) -> Any:
        model.extra_body = {"top_k": 3, "seed": 99}
        return await model.bind_tools([note]).bind(presence_penalty=0.5, max_tokens=3).ainvoke("Hi")

    stock, fast, server = asyncio.run(_both(Step(body=REPLIES["tool calls"]), use))
    assert _message_of(fast) == _message_of(stock)
    assert fast.tool_calls == stock.tool_calls
    assert len(fast.tool_calls) == len(fast.invalid_tool_calls) == 1
    assert server.requests[0] == server.requests[1]
    assert server.requests[1]["top_k"] == 3


def test_per_call_headers_take_the_stock_path() -> None:
    async def use(model: ChatOpenAI) -> Any:
        return await model.ainvoke("Hi", extra_headers={"X-Trace": "7"})

    stock, fast, server = asyncio.run(_both(Step(), use))
    assert _message_of(fast) == _message_of(stock)
    assert [headers["x-trace"] for headers in server.headers] == ["7", "7"]


def test_streaming_and_sync_calls_fall_back() -> None:
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "tiny"}
    delta = {"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    line = orjson.dumps({**chunk, "choices": [delta]}).decode()
    events = Step(body=f"data: {line}\n\ndata: [DONE]\n\n", content_type="text/event-stream")

    async def play() -> None:
        async with ModelServer(events) as server:
            model = build_chat(server.endpoint())
            assert "".join([str(part.text) async for part in model.astream("Hi")]) == "Hi"
            assert server.requests[0]["stream"] is True
            reply = await asyncio.to_thread(model.invoke, "Hi")
            assert reply.content == "Hello."

    asyncio.run(play())


def test_one_pool_is_shared_and_reused() -> None:
    async def play() -> None:
        async with ModelServer() as server:
            models = [build_chat(server.endpoint(concurrency=8)) for _ in range(3)]
            for _ in range(5):
                await asyncio.gather(*[m.ainvoke("Hi") for m in models for _ in range(10)])
            assert len(server.requests) == 150
            assert len(server.peers) <= 8
            assert server.peak <= 8
            session = await pool_of(server.url, "tiny", 8).open()
            assert await pool_of(server.url + "/", "tiny", 8).open() is session
            await close_pools()
            assert session.closed
            assert (await models[0].ainvoke("Hi")).content == "Hello."

    asyncio.run(play())


def test_hundreds_in_flight_meet_no_hidden_cap() -> None:
    async def play() -> None:
        async with ModelServer(default=Step(delay_s=3)) as server:
            model = build_chat(server.endpoint(concurrency=300))
            await asyncio.gather(*[model.ainvoke("Hi") for _ in range(300)])
            assert server.peak == 300

    asyncio.run(play())


def test_a_model_outlives_its_event_loop(recwarn: pytest.WarningsRecorder) -> None:
    model = build_chat(Endpoint(base_url="http://127.0.0.1:9/v1", model="tiny"))
    sessions = []

    async def play() -> None:
        async with ModelServer() as server:
            model._url = f"{server.url}/chat/completions"
            assert (await model.ainvoke("Hi")).content == "Hello."
            sessions.append(await pool_of("http://127.0.0.1:9/v1", "tiny", 64).open())

    assert isinstance(model, FastChatOpenAI)
    model._prepare()
    asyncio.run(play())
    asyncio.run(play())
    assert sessions[0] is not sessions[1]
    assert all(session.closed for session in sessions)
    assert not [w for w in recwarn if "Unclosed" in str(w.message)]


def test_a_slow_reply_times_out() -> None:
    async def play() -> None:
        async with ModelServer(default=Step(delay_s=5)) as server:
            model = build_chat(server.endpoint(timeout_s=0.1))
            with pytest.raises(openai.APITimeoutError):
                await model.ainvoke("Hi")

    asyncio.run(play())
