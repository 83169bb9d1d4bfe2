"""The caller with a schema: the ladder of ways to ask, re-asks, and what stays missing."""

from typing import Any

from calling import STOCK, TALK, play_with
from pydantic import BaseModel
from server import ModelServer, Step, completion, refusal_of

from agents.models.caller import Caller
from agents.models.reply import Reply
from agents.models.retry import RetryPolicy

GOOD = completion('{"word": "sad"}')
TEXT_400 = "'response_format' of type 'json_schema' is not supported"


class Mood(BaseModel):
    word: str


async def _ask_mood(caller: Caller) -> Reply:
    return await caller.call(TALK, role="judge", seed=5, schema=Mood)


@STOCK
def test_structured_through_the_endpoints_schema(stock: bool) -> None:
    server = ModelServer(default=Step(body=GOOD))
    reply = play_with(server, _ask_mood, stock=stock)
    assert reply.parsed == Mood(word="sad")
    assert (reply.text, reply.attempts) == ('{"word": "sad"}', 1)
    assert server.requests[0]["response_format"]["json_schema"]["name"] == "Mood"


@STOCK
def test_the_ladder_is_climbed_down_once(stock: bool) -> None:
    def answer(body: dict[str, Any]) -> Step:
        if "response_format" in body:
            return refusal_of(400, TEXT_400.replace("json_schema", body["response_format"]["type"]))
        return Step(body=completion('Well: {"word": "sad"}'))

    server = ModelServer(default=answer)

    async def use(caller: Caller) -> list[Reply]:
        return [await _ask_mood(caller), await _ask_mood(caller)]

    first, second = play_with(server, use, stock=stock)
    assert first.parsed == second.parsed == Mood(word="sad")
    assert (first.attempts, second.attempts) == (3, 1)
    kinds = [sent.get("response_format", {}).get("type") for sent in server.requests]
    assert kinds == ["json_schema", "json_object", None, None]
    assert "JSON schema" in server.requests[1]["messages"][-1]["content"]


@STOCK
def test_two_re_asks_then_missing_with_the_raw_text(stock: bool) -> None:
    server = ModelServer(default=Step(body=completion('{"word": 3}')))
    reply = play_with(server, _ask_mood, stock=stock)
    assert reply.parsed is None
    assert (reply.text, reply.attempts, reply.prompt_tokens) == ('{"word": 3}', 3, 36)
    roles = [message["role"] for message in server.requests[2]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert "word: Input should be a valid string" in server.requests[2]["messages"][-1]["content"]


@STOCK
def test_a_re_ask_can_help(stock: bool) -> None:
    server = ModelServer(Step(body=completion("Sad, I think.")), default=Step(body=GOOD))
    reply = play_with(server, _ask_mood, stock=stock)
    assert (reply.parsed, reply.attempts) == (Mood(word="sad"), 2)


@STOCK
def test_a_cut_structured_reply_is_missing_with_its_text(stock: bool) -> None:
    server = ModelServer(default=Step(body=completion('{"word": "s', finish_reason="length")))
    reply = play_with(server, _ask_mood, stock=stock)
    assert reply.parsed is None
    samples = RetryPolicy().samples
    assert (reply.text, reply.finish_reason, reply.attempts) == ('{"word": "s', "length", samples)
    assert reply.completion_tokens == 4 * samples
    asked = [len(sent["messages"]) for sent in server.requests]
    assert asked == [len(TALK)] * samples, "a cut reply is sampled anew, never asked about"
