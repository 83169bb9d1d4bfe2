"""A chat request as the server reads it: what is asked, in which form, and its hash."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import orjson

SCHEMA_MARK = "JSON schema:\n"  # `agents.models.structured.prompt_for` writes it before the schema
RE_ASK = "That does not fit: "  # `agents.models.structured.ask_again` begins so
FORMATS = ("text", "json_object", "json_schema")


@dataclass(frozen=True)
class ChatRequest:
    """The body of `POST /v1/chat/completions`."""

    body: dict[str, Any]

    @cached_property
    def hash(self) -> str:
        """The same for equal bodies, in whatever order their fields stand."""
        canonical = orjson.dumps(self.body, option=orjson.OPT_SORT_KEYS)
        return blake2b(canonical, digest_size=12).hexdigest()

    @property
    def messages(self) -> list[dict[str, str]]:
        return self.body["messages"]

    @property
    def system(self) -> str:
        first = self.messages[0]
        return first["content"] if first["role"] == "system" else ""

    @property
    def talk(self) -> list[dict[str, str]]:
        """The messages without the system text, and without replies that did not fit and re-asks."""
        talk = self.messages[1:] if self.system else self.messages
        while len(talk) > 2 and talk[-1]["content"].startswith(RE_ASK):
            talk = talk[:-2]
        return talk

    @property
    def format(self) -> str:
        return (self.body.get("response_format") or {}).get("type", "text")

    @property
    def seed(self) -> int:
        return self.body.get("seed") or 0

    @property
    def max_tokens(self) -> int | None:
        return self.body.get("max_completion_tokens") or self.body.get("max_tokens")

    @cached_property
    def schema(self) -> dict[str, Any] | None:
        """The schema of the reply: in the request's own field, or described in the prompt."""
        if self.format == "json_schema":
            return self.body["response_format"]["json_schema"]["schema"]
        for message in reversed(self.messages):
            _, mark, text = message["content"].rpartition(SCHEMA_MARK)
            if mark and message["role"] == "user":
                return orjson.loads(text)
        return None

    @property
    def schema_name(self) -> str:
        if self.format == "json_schema":
            return self.body["response_format"]["json_schema"]["name"]
        return (self.schema or {}).get("title", "")


def find_problem(body: Any, structured: str = "json_schema") -> str | None:
    """What a server would refuse in a body with 400; None if it is fine.

    As strict as the strictest chat template: one system message, first, then user and assistant in
    turn, the user last. `structured` is the highest form of structured output that is served.
    """
    messages = body.get("messages") if isinstance(body, dict) else None
    if not messages or not isinstance(messages, list):
        return "'messages' is missing or empty"
    roles = [message.get("role") for message in messages]
    turns = roles[1:] if roles[0] == "system" else roles
    if turns != [("user", "assistant")[n % 2] for n in range(len(turns))] or len(turns) % 2 == 0:
        return "conversation roles must alternate user/assistant after one system message"
    if not all(isinstance(message.get("content"), str) for message in messages):
        return "only text content is served"
    kind = (body.get("response_format") or {}).get("type", "text")
    if kind not in FORMATS or FORMATS.index(kind) > FORMATS.index(structured):
        return f"'response_format' of type {kind!r} is not supported"
    return None
