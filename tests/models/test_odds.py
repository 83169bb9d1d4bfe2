"""Log-probabilities: read off the tokens of a reply, asked for only where a judge wants them."""

from __future__ import annotations

from math import log
from typing import Any, ClassVar, Literal

import pytest
from calling import STOCK, TALK, play_with
from pydantic import ConfigDict
from server import ModelServer, Step, completion

from agents.models.endpoint import Endpoint
from agents.models.family import infer_family
from agents.models.odds import read_odds
from agents.models.reply import Weighed


class Score(Weighed):
    model_config = ConfigDict(extra="forbid")
    answer_field: ClassVar[str] = "rating"

    reason: str
    rating: Literal[1, 2, 3] | None


def tokens(*told: str | tuple[str, dict[str, float]]) -> list[dict[str, Any]]:
    """Tokens, certain or with the likelihoods of their alternatives; the first is what was said."""
    rows = []
    for token in told:
        text, shares = (token, {token: 1.0}) if isinstance(token, str) else token
        top = [{"token": word, "logprob": log(share)} for word, share in shares.items()]
        rows.append({"token": text, "logprob": log(shares.get(text, 0.01)), "top_logprobs": top})
    return rows


@pytest.mark.parametrize(
    "told",
    [
        tokens('{"reason"', ': "2 or 3"', ', "', "rating", '": ', ("2", {"2": 0.7, "3": 0.3}), "}"),
        tokens('{"reason":"x","rating":', ("2", {"2": 0.7, "3": 0.3}), "}"),
        tokens('{"reason":"x",', '"rating"', ":", (" 2", {" 2": 0.7, " 3": 0.2, "3": 0.1}), "}"),
        tokens('{"reason":"x",', '"rating"', (":2", {":2": 0.7, ":3": 0.3}), "}"),
    ],
)
def test_the_token_of_the_answer_is_found_however_the_reply_is_cut(told: list[Any]) -> None:
    odds = read_odds(told, "rating")
    assert [word for word, _ in odds] == ["2", "3"]
    assert [share for _, share in odds] == pytest.approx([0.7, 0.3])


def test_the_last_mention_of_the_field_counts_and_none_is_none() -> None:
    told = tokens('{"rating": ', "9", ', "rating": ', ("1", {"1": 0.9, "2": 0.1}), "}")
    assert read_odds(told, "rating")[0] == ("1", pytest.approx(0.9))
    assert read_odds(told, "answer") == ()
    assert read_odds([], "rating") == ()
    assert read_odds(tokens('{"rating": '), "rating") == ()  # the reply was cut there


def test_a_word_in_quotes_is_read_without_them() -> None:
    told = tokens('{"answer": "', ("yes", {"yes": 0.8, "no": 0.2}), '"}')
    assert dict(read_odds(told, "answer")) == pytest.approx({"yes": 0.8, "no": 0.2})
    joined = tokens('{"answer":', ('"no', {'"no': 0.6, '"yes': 0.4}), '"}')
    assert dict(read_odds(joined, "answer")) == pytest.approx({"no": 0.6, "yes": 0.4})


def test_an_answer_that_was_not_among_the_likeliest_is_told_all_the_same() -> None:
    told = tokens('{"rating": ', ("3", {"1": 0.5, "2": 0.4}), "}")
    assert dict(read_odds(told, "rating")) == pytest.approx({"1": 0.5, "2": 0.4, "3": 0.01})


SAID = '{"reason": "Fair.", "rating": 2}'
TOLD = tokens('{"reason": "Fair.", "rating": ', ("2", {"2": 0.75, "3": 0.25}), "}")


def with_logprobs(*_: Any) -> Step:
    body = completion(SAID)
    body["choices"][0]["logprobs"] = {"content": TOLD, "refusal": None}
    return Step(body=body)


@STOCK
def test_an_endpoint_with_logprobs_is_asked_for_them_and_the_reply_has_the_odds(
    stock: bool,
) -> None:
    server = ModelServer(default=with_logprobs)
    use = lambda c: c.call(TALK, role="ctrs", schema=Score)  # noqa: E731
    reply = play_with(server, use, stock=stock, logprobs=True)
    assert (server.requests[0]["logprobs"], server.requests[0]["top_logprobs"]) == (True, 20)
    assert dict(reply.odds) == pytest.approx({"2": 0.75, "3": 0.25})
    assert reply.parsed == Score(reason="Fair.", rating=2)


@STOCK
def test_nobody_else_asks_and_an_endpoint_that_tells_none_gives_none(stock: bool) -> None:
    server = ModelServer(default=Step(body=completion(SAID)))
    use = lambda c: c.call(TALK, role="ctrs", schema=Score)  # noqa: E731
    assert play_with(server, use, stock=stock, logprobs=True).odds == ()
    assert play_with(server, use, stock=stock).odds == ()
    plain = lambda c: c.call(TALK, role="client")  # noqa: E731
    assert play_with(server, plain, stock=stock, logprobs=True).odds == ()
    assert ["logprobs" in sent for sent in server.requests] == [True, False, False]


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-4o-mini", "gpt"),
        ("o3-mini", "gpt"),
        ("openai/gpt-oss-20b", "gpt"),
        ("Qwen/Qwen3-8B", "qwen"),
        ("checkpoints/qwen2.5-7b-crdial/", "qwen"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama"),
        ("claude-sonnet-4", "claude"),
        ("deepseek-r1-distill-qwen-7b", "deepseek"),
        ("fake-1", ""),
        ("my-model", ""),
        ("", ""),
    ],
)
def test_families_are_told_by_the_name_where_it_is_clear(model: str, family: str) -> None:
    assert infer_family(model) == family


def test_a_declared_family_stands_above_the_name() -> None:
    assert Endpoint(model="qwen-lora", family="Llama").kin == "llama"
    assert Endpoint(model="qwen-lora").kin == "qwen"
