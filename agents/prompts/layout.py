"""How requests are laid out: stable words first, then the transcript, then what changes by the turn.

Two requests of the same role in an episode share everything up to the end of the older transcript,
which is what the prefix cache of an endpoint reuses. Roles alternate and the system text stands
alone at the top, because many chat templates accept nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import orjson
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from agents.transcript import Speaker, Transcript, Turn

Show = Callable[[Turn], str]


def show_text(turn: Turn) -> str:
    """Return a message as it was spoken."""
    return turn.text


def speak_as(
    speaker: Speaker,
    system: str,
    transcript: Transcript,
    *,
    begin: str = "",
    note: str = "",
    show: Show = show_text,
) -> list[BaseMessage]:
    """Return the request of someone who takes part: its own turns are the assistant's.

    `begin` is the first user message where the speaker has opened the session itself; `note` is
    joined to the end of the last user message; `show` writes the speaker's own turns.
    """
    messages: list[BaseMessage] = [_make_message(SystemMessage, system)]
    if not transcript or transcript[0].speaker is speaker:
        messages.append(_make_message(HumanMessage, begin))
    messages += [
        _make_message(AIMessage, show(turn))
        if turn.speaker is speaker
        else _make_message(HumanMessage, turn.text)
        for turn in transcript
    ]
    if note and isinstance(messages[-1], HumanMessage):
        messages[-1] = HumanMessage(f"{messages[-1].content}\n\n{note}")
    elif note:
        messages.append(HumanMessage(note))
    return messages


@lru_cache(maxsize=4096)
def _make_message(kind: type[BaseMessage], text: str) -> BaseMessage:
    """Return a message, made once: a transcript is sent again on every turn, and nobody changes it."""
    return kind(text)


def look_at(system: str, transcript: Transcript, question: str) -> list[BaseMessage]:
    """Return the request of someone who reads the transcript from outside, and a question about it."""
    return [
        SystemMessage(system),
        HumanMessage(f"{as_material(transcript)}\n\n{question}"),
    ]


def as_material(transcript: Transcript) -> str:
    """Return the transcript as one JSON object a line between two tags.

    `n` is the 0-based index of the message. What is said cannot leave its line, nor close the tag:
    line ends and quotes are escaped by JSON, angle brackets by us.
    """
    lines = (
        orjson.dumps({"n": n, turn.speaker.value: turn.text}).decode()
        for n, turn in enumerate(transcript)
    )
    safe = (line.replace("<", "\\u003c").replace(">", "\\u003e") for line in lines)
    return "\n".join(("<transcript>", *safe, "</transcript>"))
