"""The built-in catalogue: hand-written personas, one TOML file each, in `catalogue/<language>/`."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from personas.errors import InputError
from personas.files import read_toml
from personas.schema import Language, Persona

CATALOGUE = Path(__file__).with_name("catalogue")


def read_toml_persona(path: Path) -> Persona:
    """Read one persona from a TOML file; an `InputError` names the file and the field."""
    return validate_persona(read_toml(path), where=str(path))


def validate_persona(table: object, *, where: str) -> Persona:
    """Turn plain data into a persona; an `InputError` names `where` and the first wrong field."""
    try:
        return Persona.model_validate(table)
    except ValidationError as error:
        raise InputError(describe_validation(error), where=where) from None


def describe_validation(error: ValidationError) -> str:
    """Return pydantic's complaints as one readable sentence: field paths and messages."""
    complaints = [
        f"{'.'.join(str(step) for step in item['loc']) or 'persona'}: {item['msg']}"
        for item in error.errors(include_url=False)
    ]
    more = f" (and {len(complaints) - 3} more)" if len(complaints) > 3 else ""
    return f"the persona does not fit the schema: {'; '.join(complaints[:3])}{more}"


def load_builtin(language: Language = "en") -> list[Persona]:
    """Return the catalogue for `language`, sorted by id."""
    folder = CATALOGUE / language
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not files:
        known = sorted(path.name for path in CATALOGUE.iterdir() if path.is_dir())
        raise InputError(
            f"there is no built-in catalogue for language {language!r} yet",
            todo=f"use one of: {', '.join(known)}",
        )
    return sorted((read_toml_persona(path) for path in files), key=lambda persona: persona.id)
