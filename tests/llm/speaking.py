"""A model double that records requests and answers from a function, and small views to speak from."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

from agents.counselors.base import CounselorView
from agents.counselors.formulation import Formulation
from agents.models.reply import Reply
from agents.transcript import Sentence, Speaker, Transcript, Turn, client_turn
from personas.schema import Demographics, Language, Persona, PublicIntake

MARK = re.compile(r"zq\w+?qz")


@dataclass
class Request:
    """One call as it was made."""

    messages: list[BaseMessage]
    role: str
    seed: int | None
    schema: type[BaseModel] | None

    @property
    def system(self) -> str:
        return str(self.messages[0].content)

    @property
    def last(self) -> str:
        return str(self.messages[-1].content)

    @property
    def text(self) -> str:
        return "\n".join(f"<{m.type}>{m.content}" for m in self.messages)


@dataclass
class Double:
    """Answers with what `answer` returns: words, or an instance of the schema."""

    answer: Callable[[Request], str | BaseModel]
    voice: str = "double-1"
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
        request = Request(list(messages), role, seed, schema)
        self.requests.append(request)
        said = self.answer(request)
        parsed = said if isinstance(said, BaseModel) else None
        text = said.model_dump_json() if isinstance(said, BaseModel) else said
        return Reply(text, self.voice, 1, 0, 1, 0.0, "stop", 1, parsed)

    def of(self, role: str) -> list[Request]:
        return [request for request in self.requests if request.role == role]


def view_of(
    *said: str,
    stage: str = "talk",
    picture: Formulation | None = None,
    language: Language = "en",
    seed: int = 3,
) -> CounselorView:
    """A view after the greeting and these messages, counselor and client in turn (client first)."""
    greeting = "您好，请坐。" if language == "zh" else "Hello Ana, what brings you?"
    transcript: Transcript = (Turn(Speaker.COUNSELOR, (Sentence(greeting),), "opening"),)
    for index, text in enumerate(said):
        turn = client_turn(text) if index % 2 == 0 else Turn(Speaker.COUNSELOR, (Sentence(text),))
        transcript = (*transcript, turn)
    zh = language == "zh"
    person = Demographics(name="林安", age=31) if zh else Demographics(name="Ana Ruiz", age=31)
    intake = PublicIntake(demographics=person, reason="最近总睡不好。" if zh else "Sleep.")
    return CounselorView(intake, transcript, picture or Formulation(), stage, language, seed)


def exchanges(count: int) -> list[str]:
    """The client's opening and so many exchanges after it, none like the other."""
    talk = ["I lie awake and go over it."]
    for n in range(count):
        talk += [f"And the {n}th night, what went through your mind then?", f"Night {n}, the same."]
    return talk


def repeated_share(requests: list[Request]) -> float:
    """The share (0 to 1) of all characters that repeat the previous request from its start."""
    texts = [request.text for request in requests]
    same = sum(_common(a, b) for a, b in itertools.pairwise(texts))
    return same / sum(map(len, texts))


def _common(first: str, second: str) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(first), len(second)))


def plant(persona: Persona) -> Persona:
    """Return the persona with a mark `zq…qz` in every hidden line, each its own."""
    data = persona.model_dump(mode="json")
    data["profile"] = _mark(data["profile"], "p")
    for name in set(data["intake"]) - {"reason"}:
        data["intake"][name] += f" zqintake_{name}qz"
    return Persona.model_validate(data)


def _mark(value: Any, place: str) -> Any:
    if isinstance(value, dict):
        kept = ("distortion", "topic")
        return {k: v if k in kept else _mark(v, f"{place}_{k}") for k, v in value.items()}
    if isinstance(value, list):
        return [_mark(item, f"{place}_{n}") for n, item in enumerate(value)]
    return f"{value[:-1]} zq{place}qz." if isinstance(value, str) else value
