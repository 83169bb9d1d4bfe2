"""Texts whose distortions are known: of personas, of a run's clients, or labelled in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluators.realism.session import Session
from personas.errors import InputError, shorten, suggest
from personas.files import parse_json, read_text
from personas.schema import Distortion, Language, Persona


@dataclass(frozen=True)
class Case:
    """A text and what is in it; cases of one `cluster` come from the same client or source."""

    text: str
    language: Language
    truth: frozenset[Distortion]
    cluster: str


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    text: str = Field(min_length=1)
    distortions: list[str]
    language: Language = "en"
    cluster: str | None = None


def cases_of_personas(personas: Iterable[Persona]) -> Iterator[Case]:
    """Yield every distorted thought with its label, and its balanced sentence, which has none."""
    for persona in personas:
        for thought in persona.profile.thoughts:
            yield Case(
                thought.text, persona.language, frozenset({thought.distortion}), persona.form
            )
            yield Case(thought.balanced, persona.language, frozenset(), persona.form)


def case_of_session(session: Session) -> Case:
    """Return all the client said; the truth is what its source says of the client, told or not."""
    text = "\n".join(session.client_texts)
    return Case(text, session.language, frozenset(session.distortions), session.cluster)


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the labelled texts of a JSONL file: `text`, `distortions`, perhaps `language`, `cluster`.

    Texts without `cluster` stand for themselves. Raises InputError with file, line and field.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            where = f"{path}, line {number}"
            row = _read_row(parse_json(line, path, number), where)
            yield Case(
                row.text,
                row.language,
                frozenset(_read_label(name, where) for name in row.distortions),
                row.cluster or str(number),
            )


def _read_row(table: object, where: str) -> _Row:
    try:
        return _Row.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        place = where + (f", field {field}" if field else "")
        todo = 'a line is {"text": "…", "distortions": ["mind_reading", …]}'
        raise InputError(first["msg"], where=place, todo=todo) from None


def _read_label(name: str, where: str) -> Distortion:
    try:
        return Distortion(name)
    except ValueError:
        known = [distortion.value for distortion in Distortion]
        todo = suggest(name, known) or f"they are: {', '.join(known)}"
        what = f"there is no distortion {shorten(name)}"
        raise InputError(what, where=f"{where}, field distortions", todo=todo) from None
