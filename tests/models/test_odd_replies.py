"""Odd replies: whatever a server leaves out, adds or bends, both chat models read it alike."""

import copy
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from openai._models import construct_type
from openai.types.chat import ChatCompletion
from server import completion

from agents.models.endpoint import Endpoint
from agents.models.fast_chat import _read_completion, build_chat

CALL = {"id": "call_9", "type": "function", "function": {"name": "note", "arguments": '{"t": 1}'}}
LOGPROB = {"token": "A", "bytes": [65], "logprob": -0.1, "top_logprobs": []}
FULL = completion(
    "Hello.",
    message={"tool_calls": [CALL], "refusal": None, "annotations": [], "audio": None},
    service_tier="default",
    system_fingerprint="fp",
)
FULL["choices"][0]["logprobs"] = {"content": [LOGPROB], "refusal": None}
FULL["usage"]["completion_tokens_details"] = {"reasoning_tokens": 2}
MODEL = build_chat(Endpoint(base_url="http://localhost:1/v1", model="tiny"))
VALUES = st.sampled_from(
    [None, 0, 1.0, 1.5, True, "", "x", "stop", "tool_calls", [], {}, [None], {"x": 1}, ["x"]]
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a nest of dicts and lists, the whole left out."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    found = [(*path, key) for key, _ in items]
    for key, inner in items:
        found += _paths(inner, (*path, key))
    return found


def _bend(path: tuple[Any, ...], action: str, value: Any) -> dict[str, Any]:
    body = copy.deepcopy(FULL)
    place: Any = body
    for key in path[:-1]:
        place = place[key]
    if action == "drop":
        del place[path[-1]]
    elif action == "replace" or not isinstance(place, dict):
        place[path[-1]] = value
    else:
        place["surprise"] = value
    return body


def _outcome(value: Any) -> Any:
    """The chat result as plain data, or the kind of the exception."""
    try:
        return MODEL._create_chat_result(value).model_dump()
    except Exception as error:  # noqa: BLE001
        return type(error)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(_paths(FULL)), st.sampled_from(["drop", "replace", "add"]), VALUES)
def test_bent_replies_are_read_alike(path: tuple[Any, ...], action: str, value: Any) -> None:
    body = _bend(path, action, value)
    stock = construct_type(type_=ChatCompletion, value=copy.deepcopy(body))
    assert _outcome(_read_completion(orjson.dumps(body))) == _outcome(stock)
