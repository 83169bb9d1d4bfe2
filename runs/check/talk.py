"""What can be seen in a row by itself: system text, roles that take turns, whole messages."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from agents.tagging import strip_end
from agents.text import words
from runs.check.example import Example
from runs.check.finding import Check

_ROLES = ("system", "user", "assistant")
_NAMES = {"user": "client", "assistant": "counselor"}
_WHOLE = re.compile(r"[.!?…。！？~～]['\"”’」』)）\]】*]*$")
_SHOWN = 60
Fault = tuple[Check, str]


def check_talk(example: Example) -> Iterator[Fault]:
    """Yield what is wrong with the messages of one example."""
    yield from _check_system(example)
    spoken = [(n, m) for n, m in enumerate(example.messages) if m["role"] != "system"]
    for number, message in spoken:
        if message["role"] not in _ROLES:
            yield "roles", f"message {number} is by {message['role'][:20]!r}"
    for (_, before), (number, after) in itertools.pairwise(spoken):
        if before["role"] == after["role"]:
            name = _NAMES.get(after["role"], after["role"])
            yield "same speaker", f"the {name} speaks twice in a row, message {number}"
    roles = [message["role"] for _, message in spoken]
    yield from _check_ends(example, roles)
    for number, message in spoken:
        yield from _check_words(example, number, message)


def _check_system(example: Example) -> Iterator[Fault]:
    if example.spoken:
        return
    first = example.messages[0] if example.messages else None
    if first is None or first["role"] != "system":
        yield "system", "there is no system text at the top"
    elif not first["content"].strip():
        yield "system", "the system text is empty"
    for number, message in enumerate(example.messages[1:], start=1):
        if message["role"] == "system":
            yield "system", f"message {number} is a second system text"


def _check_ends(example: Example, roles: list[str]) -> Iterator[Fault]:
    if not roles:
        yield "empty", "nobody says anything"
        return
    if "assistant" not in roles:
        yield "empty", "the counselor says nothing"
    elif example.spoken:
        return
    elif roles[0] == "assistant":
        yield "history", "begins with the counselor, whom nobody has spoken to: reversed?"
    elif roles[-1] == "user":
        yield "history", "ends with the client's words, to which there is no reply: reversed?"


def _check_words(example: Example, number: int, message: dict[str, str]) -> Iterator[Fault]:
    text = message["content"].strip()
    heard = words(text) if message["role"] == "assistant" else text  # a client may say "…"
    if not heard:
        yield "empty", f"message {number} has no words"
    if not heard or message["role"] != "assistant":
        return
    bare, ended = strip_end(text)
    last = number == len(example.messages) - 1
    if ended and not last:
        yield "history", f"message {number} ends the session, but it goes on"
    if bare and breaks_off(bare):
        yield "truncated", f"message {number} breaks off: …{bare[-_SHOWN:]!r}"


def breaks_off(text: str) -> bool:
    """Tell whether a message stops before the end of a sentence."""
    return not _WHOLE.search(text.strip())
