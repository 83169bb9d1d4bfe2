"""Question-and-answer rows from JSONL files, and which answer belongs to which reference."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from personas.errors import InputError, shorten
from personas.files import parse_json, read_text
from personas.schema import Language

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-zA-Z]+")


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    id: str | int | None = None
    question: str = ""
    description: str = ""
    input: str = ""
    output: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


@dataclass(frozen=True)
class Answer:
    """One answer and what was asked. `input` is question and description in one, as in Alpaca rows."""

    key: str
    question: str
    description: str
    input: str
    output: str


def read_answers(path: Path) -> list[Answer]:
    """Return the rows of a file: `output`, perhaps `id`, `question`, `description`, `input`.

    Rows without `id` go by their number. Raises InputError with file, line and field.
    """
    answers: dict[str, Answer] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            where = f"{path}, line {number}"
            row = _read_row(parse_json(line, path, number), where)
            key = str(len(answers) + 1) if row.id is None else str(row.id)
            if key in answers:
                todo = "give every row an id of its own, or none to any"
                what = f"the id {shorten(key)} occurs twice"
                raise InputError(what, where=f"{where}, field id", todo=todo)
            asked = row.question.strip(), row.description.strip(), row.input.strip()
            answers[key] = Answer(key, *asked, row.output)
    if not answers:
        raise InputError("no answers here", where=str(path))
    return list(answers.values())


def pair_answers(
    predictions: list[Answer], references: list[Answer], place: Path
) -> tuple[list[str], list[str]]:
    """Return the texts of both by id. Raises InputError where a prediction has no partner or is owed."""
    known = {answer.key: answer.output for answer in references}
    given = {answer.key: answer.output for answer in predictions}
    for missing, what in (
        (given.keys() - known, "no reference"),
        (known.keys() - given, "no answer"),
    ):
        if missing:
            first = min(missing, key=lambda key: (len(key), key))
            todo = f"{len(given)} answers, {len(known)} references: they are paired by id, or by number"
            raise InputError(f"{what} for row {shorten(first)}", where=str(place), todo=todo)
    keys = list(given)
    return [given[key] for key in keys], [known[key] for key in keys]


def find_language(texts: Iterable[str]) -> Language:
    """Return `zh` where there are more Chinese characters than other words, else `en`."""
    joined = "\n".join(texts)
    return "zh" if len(_HAN.findall(joined)) > len(_LATIN.findall(joined)) else "en"


def _read_row(table: object, where: str) -> _Row:
    try:
        return _Row.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        place = where + (f", field {field}" if field else "")
        todo = 'a line is {"id": 1, "question": "…", "description": "…", "output": "…"}'
        raise InputError(first["msg"], where=place, todo=todo) from None
