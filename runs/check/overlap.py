"""What can be seen only across rows: the same row twice, the same client in training and test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from runs.check.example import Example
from runs.check.rows import is_held_out
from runs.check.talk import Fault

_Place = tuple[Path, int]


class Overlap:
    """Remembers rows as digests, and on which side every client's form was seen first."""

    def __init__(self) -> None:
        self._rows: dict[bytes, _Place] = {}
        self._forms: dict[str, dict[bool, _Place]] = {}

    def check(self, example: Example) -> Iterator[Fault]:
        """Yield what the row shares with earlier ones that it must not share."""
        held_out, place = is_held_out(example.file), (example.file, example.line)
        first = self._rows.setdefault(example.identity, place)
        if first != place and is_held_out(first[0]) == held_out:
            yield "duplicate", f"the same row as {_name(first)}"
        elif first != place:
            yield "leakage", f"the same row stands on the other side: {_name(first)}"
        yield from self._check_form(example, held_out, place)

    def _check_form(self, example: Example, held_out: bool, place: _Place) -> Iterator[Fault]:
        form = example.lineage.get("form")
        if not isinstance(form, str) or not form:
            return
        sides = self._forms.setdefault(form, {})
        sides.setdefault(held_out, place)
        if (not held_out) in sides:
            where = _name(sides[not held_out])
            yield "leakage", f"client form {form!r} is in training and test: {where}"


def _name(place: _Place) -> str:
    return f"{place[0].name}, line {place[1]}"
