"""The fast chat model's requests message by message, and what its own errors hold."""

import asyncio
import traceback

import openai
import pytest
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from server import ModelServer, refusal_of

from agents.models.endpoint import Endpoint
from agents.models.fast_chat import build_chat

NOTE = {"name": "note", "args": {"t": 1}, "id": "c"}
MESSAGES: list[BaseMessage] = [
    HumanMessage("Hi"),
    HumanMessage("Hi", name="mia"),
    HumanMessage("Hi", additional_kwargs={"name": "mia"}),
    HumanMessage(["in", "parts"]),
    SystemMessage("Listen."),
    SystemMessage("Listen.", additional_kwargs={"__openai_role__": "developer"}),
    AIMessage("Go on.", additional_kwargs={"refusal": None}, id="lc_run-1"),
    AIMessage("Go on.", additional_kwargs={"audio": {"id": "a"}}),
    AIMessage("", tool_calls=[NOTE]),
    AIMessage("", invalid_tool_calls=[{**NOTE, "args": "{", "error": "e"}]),
    AIMessage("", additional_kwargs={"tool_calls": [{"id": "c", "type": "function"}]}),
    ToolMessage("done", tool_call_id="c"),
    ChatMessage("Hm", role="critic"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: f"{m.type}")
@pytest.mark.parametrize("model", ["tiny", "o3-mini"])
def test_each_message_is_written_as_the_stock_model_writes_it(
    message: BaseMessage, model: str
) -> None:
    endpoint = Endpoint(base_url="http://localhost:1/v1", model=model, max_tokens=5)
    payloads = [
        build_chat(endpoint, stock=stock)._get_request_payload([SystemMessage("S"), message])
        for stock in (False, True)
    ]
    assert payloads[0] == payloads[1]


async def _fail(endpoint: Endpoint) -> BaseException:
    with pytest.raises(openai.APIError) as caught:
        await build_chat(endpoint).ainvoke("Hi")
    return caught.value


def _tell_all(error: BaseException | None) -> str:
    """The texts and representations of an exception and of all it came from."""
    told = ""
    while error is not None:
        told += f"{error}{error!r}{vars(error)!r}{''.join(traceback.format_exception(error))}"
        error = error.__cause__ or error.__context__
    return told


def test_an_echoed_key_is_cut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "planted-key-123")

    async def play() -> str:
        async with ModelServer(refusal_of(401, "bad key planted-key-123")) as server:
            return _tell_all(await _fail(server.endpoint()))

    told = asyncio.run(play())
    assert "bad key ***" in told
    assert "planted" not in told


def test_a_reply_that_is_no_http_leaves_no_headers_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "planted-key-123")

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 what is this\r\n\r\n")
        await writer.drain()
        writer.close()

    async def play() -> str:
        server = await asyncio.start_server(babble, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return _tell_all(
                await _fail(Endpoint(base_url=f"http://127.0.0.1:{port}/v1", model="tiny"))
            )

    told = asyncio.run(play())
    assert "Connection error" in told
    assert "planted" not in told
