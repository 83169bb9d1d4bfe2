"""A model double for clients: records requests and says what their notes hand over."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

from agents.models.reply import Reply

QUOTED = re.compile(r"“([^”]*)”")
NUMBER = re.compile(r"(?:number is(?: still)?|你的数(?:还)?是) ?([a-z\d-]+(?: hundred)?)")


@dataclass(frozen=True)
class Request:
    """One recorded call."""

    messages: list[BaseMessage]
    role: str
    seed: int | None

    @property
    def texts(self) -> list[str]:
        return [str(message.content) for message in self.messages]

    @property
    def note(self) -> str:
        """Return what stands between the tags at the end."""
        found = re.search(r"<note>\n(.*)\n</note>\Z", self.texts[-1], re.DOTALL)
        assert found, self.texts[-1]
        return found[1]


def speak_by_note(request: Request) -> str:
    """Say the note's lines and number; else something that was not said before."""
    said = " ".join(QUOTED.findall(request.note))
    number = NUMBER.search(request.note)
    turn = len(request.messages)
    return said or (f"Say {number[1]}." if number else f"Rather not, {chr(96 + turn % 26)}{turn}x.")


@dataclass
class NoteModel:
    """Answers by a function of the request, and with `parsed` where a schema is asked for."""

    answer: Callable[[Request], str] = speak_by_note
    parsed: BaseModel | None = None
    voice: str = "double"
    requests: list[Request] = field(default_factory=list)

    async def call(
        self,
        messages: Sequence[BaseMessage],
        *,
        role: str,
        seed: int | None = None,
        schema: type[BaseModel] | None = None,
        max_tokens: int | None = None,
    ) -> Reply:
        request = Request(list(messages), role, seed)
        self.requests.append(request)
        if schema is not None:
            text = self.parsed.model_dump_json() if self.parsed else "no idea"
            return Reply(text, "double", 0, 0, 0, 0.0, "stop", 1, self.parsed)
        return Reply(self.answer(request), "double", 0, 0, 0, 0.0, "stop", 1)
