"""Where personas come from: the built-in catalogue, a file, or a folder of files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from personas.builtin import load_builtin, read_toml_persona, validate_persona
from personas.cactus import Repair, import_cactus
from personas.errors import InputError
from personas.schema import Language, Persona

_SUFFIXES = (".json", ".jsonl", ".toml")


@dataclass(frozen=True)
class PersonaSource:
    """The personas that were asked for, and what an importer repaired on the way."""

    personas: tuple[Persona, ...]
    repairs: tuple[Repair, ...] = ()


def load_personas(spec: str, language: Language = "en") -> PersonaSource:
    """Load `builtin` (in `language`), a FILE or a DIR of such files.

    A FILE is a Cactus list (.json), one persona (.toml), or personas one a line (.jsonl).
    """
    if spec == "builtin":
        return PersonaSource(tuple(load_builtin(language)))
    path = Path(spec)
    parts = [(file, _load_file(file)) for file in _find_files(path)]
    _refuse_duplicates((file, persona) for file, part in parts for persona in part.personas)
    return PersonaSource(
        tuple(persona for _, part in parts for persona in part.personas),
        tuple(repair for _, part in parts for repair in part.repairs),
    )


def _find_files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES)
        if not files:
            raise InputError("The folder holds no persona files.", where=str(path), todo=_advice())
        return files
    if not path.exists():
        raise InputError("There is no such file or folder.", where=str(path), todo=_advice())
    return [path]


def _advice() -> str:
    return f"Give `builtin`, a file ({', '.join(_SUFFIXES)}) or a folder of such files."


def _load_file(path: Path) -> PersonaSource:
    if path.suffix == ".toml":
        return PersonaSource((read_toml_persona(path),))
    if path.suffix == ".jsonl":
        return PersonaSource(tuple(_read_lines(path)))
    if path.suffix == ".json":
        report = import_cactus(path)
        return PersonaSource(report.personas, report.repairs)
    raise InputError(
        f"Personas are not read from {path.suffix!r} files.", where=str(path), todo=_advice()
    )


def _read_lines(path: Path) -> Iterable[Persona]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError("The file is not UTF-8 text.", where=str(path)) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _read_line(line, where=f"{path}: line {number}")


def _read_line(line: str, *, where: str) -> Persona:
    try:
        table = json.loads(line)
    except json.JSONDecodeError as error:
        place = f"{where}, column {error.colno}"
        raise InputError(f"This is not valid JSON: {error.msg}.", where=place) from error
    return validate_persona(table, where=where)


def _refuse_duplicates(personas: Iterable[tuple[Path, Persona]]) -> None:
    seen: dict[str, Path] = {}
    for file, persona in personas:
        if persona.id in seen:
            raise InputError(
                f"The persona id {persona.id!r} occurs twice (first in {seen[persona.id]}).",
                where=f"{file}: id",
                todo="Give every persona an id of its own.",
            )
        seen[persona.id] = file
