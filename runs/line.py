"""One stored line: parsing it, and saying exactly what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from personas.errors import InputError
from runs.record import SCHEMA_VERSION

EPISODES = "episodes.jsonl"
FAILURES = "failures.jsonl"
IMPORTED = "imported.jsonl"
Model = TypeVar("Model", bound=BaseModel)


class PersonaHead(BaseModel):
    """The part of a stored persona that an index needs."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str
    form: str


class Head(BaseModel):
    """The part of an episode that an index needs; the rest of the line is parsed, not built."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    key: str
    schema_version: Literal[1]
    counselor: str
    seed: int
    persona: PersonaHead


def parse_line(model: type[Model], line: bytes, path: Path, number: int) -> Model:
    """Return the record on this line; raises InputError with file, line and field."""
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        raise _explain(error, path, number) from None


def _explain(error: ValidationError, path: Path, number: int) -> InputError:
    """Turn pydantic's complaints into the one that matters, about this file, line and field."""
    complaints = error.errors(include_url=False)
    for complaint in complaints:
        if complaint["loc"] == ("schema_version",):
            return _explain_version(complaint["input"], path, number)
    field = ".".join(str(part) for part in complaints[0]["loc"])
    where = f"{path}, line {number}" + (f", field {field}" if field else "")
    message = re.sub(r"at line \d+ column (\d+)$", r"at column \1", complaints[0]["msg"])
    what = f"corrupt record: {message}"
    return InputError(what, where=where, todo=_advise(path, number))


def _explain_version(found: object, path: Path, number: int) -> InputError:
    return InputError(
        f"the record has schema version {found}, this counselgym reads {SCHEMA_VERSION}",
        where=f"{path}, line {number}, field schema_version",
        todo="use the counselgym that wrote it, or start a new run folder",
    )


def _advise(path: Path, number: int) -> str:
    if path.name == IMPORTED:
        return "import the file it came from again, with another --out"
    return (
        f"restore the file, or delete the line (sed -i {number}d {quote(str(path))}) "
        "and run again: the episode is then played anew"
    )
