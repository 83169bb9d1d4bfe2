"""The rows of a JSON or JSON Lines file, each with the place where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from personas.errors import InputError
from personas.files import parse_json, read_text

Json = Mapping[str, object]
_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e]")


@dataclass(frozen=True)
class Row:
    """One session as its file holds it; `line` is where it starts (from 1)."""

    file: Path
    line: int
    data: Json

    def error(self, field: str, what: str) -> InputError:
        """Return the error for a field of this row."""
        return InputError(what, where=f"{self.file}, line {self.line}, field {field}")

    def get(self, *steps: str) -> object:
        """Return the value at a path, `None` where it or a step towards it is absent."""
        value: object = self.data
        for place, step in enumerate(steps):
            if value is None:
                return None
            if not isinstance(value, Mapping):
                raise self.error(".".join(steps[:place]), "must be a JSON object")
            value = value.get(step)
        return value

    def text(self, *steps: str) -> str:
        """Return the text at a path, empty where absent."""
        value = self.get(*steps)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.error(".".join(steps), "must be a text")
        return self.clean(value, ".".join(steps)).strip()

    def clean(self, text: str, field: str) -> str:
        """Return a text without control characters; raises InputError for half a character."""
        try:
            text.encode()
        except UnicodeEncodeError:
            raise self.error(field, "holds half a character (a lone surrogate)") from None
        return _CONTROL.sub(" ", text)

    def list(self, *steps: str) -> list[object]:
        """Return the list at a path, empty where absent."""
        value = self.get(*steps)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(".".join(steps), "must be a list")
        return value


def iter_rows(path: Path) -> Iterator[Row | InputError]:
    """Yield every row; one that cannot be read comes as its error, so that the rest can be had.

    Reads JSON Lines, a JSON list, or one JSON object. Raises InputError for a file that cannot be
    read at all. A list that breaks off yields its error last.
    """
    text = read_text(path).removeprefix("\ufeff")
    start = text.lstrip(_SPACE)[:1]
    if not start:
        raise InputError("the file is empty", where=str(path))
    if start == "[":
        yield from _iter_list(text, path)
    elif start == "{" and _is_one_object(text):
        yield _check(parse_json(text, path), path, 1)
    else:
        yield from _iter_lines(text, path)


def _is_one_object(text: str) -> bool:
    """Tell a lone object over several lines from JSON Lines, whose first line is an object."""
    try:
        _, end = _DECODER.raw_decode(text, len(text) - len(text.lstrip(_SPACE)))
    except (json.JSONDecodeError, RecursionError):
        return False
    return not text[end:].strip(_SPACE)


def _iter_lines(text: str, path: Path) -> Iterator[Row | InputError]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip(_SPACE):
            try:
                yield _check(parse_json(line, path, number), path, number)
            except InputError as error:
                yield error


def _iter_list(text: str, path: Path) -> Iterator[Row | InputError]:
    at, line, seen = text.index("[") + 1, 1, 0
    while True:
        start = _skip_space(text, at)
        if text[start : start + 1] == "]":
            return
        line += text.count("\n", seen, start)
        seen = start
        try:
            data, at = _DECODER.raw_decode(text, start)
        except (json.JSONDecodeError, RecursionError):
            yield InputError("invalid JSON in this item", where=f"{path}, line {line}")
            return
        yield _check(data, path, line)
        at = _skip_space(text, at)
        if text[at : at + 1] not in (",", "]"):
            yield InputError("the list breaks off after this item", where=f"{path}, line {line}")
            return
        at += text[at] == ","


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _check(data: object, path: Path, line: int) -> Row | InputError:
    if isinstance(data, Mapping):
        return Row(path, line, data)
    return InputError("must be a JSON object", where=f"{path}, line {line}")
