"""Structured output: ask for a schema in the best way an endpoint knows, read what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any

import orjson
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel, ValidationError


class Rung(IntEnum):
    """The ways to ask for a schema, best first; an endpoint that refuses one gets the next."""

    JSON_SCHEMA = 0
    """The endpoint holds the reply to the schema."""
    JSON_MODE = 1
    """The endpoint holds the reply to JSON; the prompt describes the schema."""
    TEXT = 2
    """The prompt describes the schema; the first JSON object in the reply counts."""


REFUSALS = ("response_format", "json_schema", "json_object", "structured", "guided", "grammar")


def is_refusal(status: int | None, detail: str) -> bool:
    """Whether a failed request was refused for the way it asked for structure."""
    text = detail.lower()
    return status in (400, 415, 422, 501) and any(word in text for word in REFUSALS)


@lru_cache(maxsize=256)
def format_of(schema: type[BaseModel], rung: Rung) -> dict[str, Any] | None:
    """The request's `response_format`; None where the prompt alone must do."""
    if rung is Rung.JSON_SCHEMA:
        body = {
            "name": schema.__name__,
            "strict": True,
            "schema": to_strict_json_schema(schema),
        }
        return {"type": "json_schema", "json_schema": body}
    return {"type": "json_object"} if rung is Rung.JSON_MODE else None


def prompt_for(
    messages: Sequence[BaseMessage], schema: type[BaseModel], rung: Rung
) -> list[BaseMessage]:
    """The messages, with the schema described at the very end where the endpoint does not know it.

    The end, so that the prompt before it still matches the endpoint's prefix cache.
    """
    if rung is Rung.JSON_SCHEMA:
        return list(messages)
    ask = f"Answer with one JSON object and nothing else. JSON schema:\n{_schema_text(schema)}"
    last = messages[-1] if messages else None
    if isinstance(last, HumanMessage) and isinstance(last.content, str):
        return [*messages[:-1], HumanMessage(f"{last.content}\n\n{ask}")]
    return [*messages, HumanMessage(ask)]


def ask_again(messages: Sequence[BaseMessage], reply: str, problem: str) -> list[BaseMessage]:
    """The messages, the reply that did not fit, and the wish for a better one."""
    wish = f"That does not fit: {problem}\nAnswer again with one JSON object and nothing else."
    return [*messages, AIMessage(reply), HumanMessage(wish)]


def parse_reply(text: str, schema: type[BaseModel]) -> tuple[BaseModel | None, str]:
    """Read the first JSON object in `text` that fits; else None and what is wrong, in a line."""
    problem = "there is no JSON object in it."
    for value in _find_objects(text):
        try:
            return schema.model_validate(value), ""
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the object"
            problem = f"{place}: {first['msg']}."
    return None, problem


def _find_objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in a text: all of it, or those between words, fences and thoughts."""
    decoder = json.JSONDecoder(strict=False)
    start = text.find("{")
    while start >= 0:
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):  # also a number of more digits than Python reads
            start = text.find("{", start + 1)
            continue
        yield value
        start = text.find("{", end)


@lru_cache(maxsize=256)
def _schema_text(schema: type[BaseModel]) -> str:
    return orjson.dumps(schema.model_json_schema()).decode()
