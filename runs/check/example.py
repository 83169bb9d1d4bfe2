"""A row of a training set, whatever its format, as the messages that a model would be trained on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from personas.errors import InputError

Message = dict[str, str]
Json = Mapping[str, object]
_SHAREGPT = {"human": "user", "gpt": "assistant", "user": "user", "assistant": "assistant"}
_LABELLED = re.compile(r"^(Counselor|Client): ", re.MULTILINE)
_CACTUS = {"Counselor": "assistant", "Client": "user"}


@dataclass(frozen=True)
class Example:
    """`messages` as they come to a model, of which those from number `learnt` on are the target.

    `line` counts rows from 1. `part` tells chosen from rejected. `identity` is a digest of the whole
    row but for its lineage. `from_start` says that the messages
    begin where the session does, `spoken` that they are a bare transcript, with no system text.
    """

    file: Path
    line: int
    messages: tuple[Message, ...]
    learnt: int = 0
    part: str = ""
    lineage: Json = field(default_factory=dict)
    identity: bytes = b""
    from_start: bool = True
    spoken: bool = False


def read_row(file: Path, line: int, row: object) -> Iterator[Example]:
    """Yield the example of a row, two for a preference pair.

    Raises InputError for what is no row of any format.
    """
    where = f"{file}, line {line}"
    if not isinstance(row, Mapping):
        raise InputError("must be a JSON object", where=where)
    read = next((read for name, read in _READERS if name in row), None)
    if read is None:
        known = ", ".join(name for name, _ in _READERS)
        raise InputError(f"a row of no known format: it has none of {known}", where=where)
    told = orjson.dumps({name: part for name, part in row.items() if name != "lineage"})
    identity = hashlib.sha256(told).digest()[:16]
    for example in read(_Row(file, line, row)):
        yield replace(example, identity=identity)


@dataclass(frozen=True)
class _Row:
    file: Path
    line: int
    data: Json

    def error(self, place: str, what: str) -> InputError:
        return InputError(what, where=f"{self.file}, line {self.line}, field {place}")

    def text(self, place: str) -> str:
        value = self.data.get(place)
        if not isinstance(value, str):
            raise self.error(place, "missing" if value is None else "must be a text")
        return value

    def messages(self, place: str, who: str = "role", what: str = "content") -> list[Message]:
        """Return the messages at a place, a plain text as one message of nobody."""
        value = self.data.get(place)
        if not isinstance(value, list):
            raise self.error(place, "missing" if value is None else "must be a list of messages")
        return [self._message(f"{place}.{n}", item, who, what) for n, item in enumerate(value)]

    def _message(self, place: str, item: object, who: str, what: str) -> Message:
        if not isinstance(item, Mapping):
            raise self.error(place, "must be an object")
        for name in (who, what):
            if not isinstance(item.get(name), str):
                raise self.error(f"{place}.{name}", "must be a text")
        return {"role": str(item[who]), "content": str(item[what])}

    def make(self, messages: list[Message], learnt: int = 0, part: str = "") -> Example:
        lineage = self.data.get("lineage")
        known = lineage if isinstance(lineage, Mapping) else {}
        if part and isinstance(known.get(part), Mapping):
            known = known[part]
        return Example(self.file, self.line, tuple(messages), learnt, part, known)


def _read_messages(row: _Row) -> Iterator[Example]:
    yield row.make(row.messages("messages"))


def _read_preference(row: _Row) -> Iterator[Example]:
    prompt = row.messages("prompt")
    for part in ("chosen", "rejected"):
        yield row.make(prompt + row.messages(part), len(prompt), part)


def _read_completion(row: _Row) -> Iterator[Example]:
    prompt = row.messages("prompt")
    yield row.make(prompt + row.messages("completion"), len(prompt))


def _read_sharegpt(row: _Row) -> Iterator[Example]:
    spoken = row.messages("conversations", "from", "value")
    messages = [{**m, "role": _SHAREGPT.get(m["role"], m["role"])} for m in spoken]
    system = row.data.get("system")
    if isinstance(system, str):
        messages.insert(0, {"role": "system", "content": system})
    yield row.make(messages)


def _read_alpaca(row: _Row) -> Iterator[Example]:
    messages = [
        {"role": "system", "content": row.text("instruction")},
        {"role": "user", "content": row.text("input")},
        {"role": "assistant", "content": row.text("output")},
    ]
    yield replace(row.make(messages, learnt=2), from_start=False)


def _read_cactus(row: _Row) -> Iterator[Example]:
    parts = _LABELLED.split(row.text("dialogue"))
    messages = [
        {"role": _CACTUS[who], "content": said.strip()}
        for who, said in zip(parts[1::2], parts[2::2], strict=True)
    ]
    yield replace(row.make(messages), spoken=True)


_READERS: tuple[tuple[str, Callable[[_Row], Iterator[Example]]], ...] = (
    ("messages", _read_messages),
    ("chosen", _read_preference),
    ("completion", _read_completion),
    ("conversations", _read_sharegpt),
    ("instruction", _read_alpaca),
    ("dialogue", _read_cactus),
)
