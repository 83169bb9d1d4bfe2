"""Where personas come from: the built-in catalogue, a file, or a folder of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from personas.builtin import load_builtin, read_toml_persona, validate_persona
from personas.cactus import Repair, import_cactus
from personas.errors import InputError
from personas.files import parse_json, read_text
from personas.schema import Language, Persona

_SUFFIXES = (".json", ".jsonl", ".toml")


@dataclass(frozen=True)
class PersonaSource:
    """The personas that were asked for, and what an importer repaired on the way."""

    personas: tuple[Persona, ...]
    repairs: tuple[Repair, ...] = ()


def load_personas(spec: str, language: Language = "en") -> PersonaSource:
    """Load `builtin` (in `language`), a FILE or a DIR of such files.

    A FILE is a Cactus list (.json), one persona (.toml), or personas one a line (.jsonl). In a
    DIR the ids of imported forms carry the name of their file, since each file counts from 0.
    """
    if spec == "builtin":
        return PersonaSource(tuple(load_builtin(language)))
    path = Path(spec)
    if path.is_dir():
        parts = [(file, _load_file(file, f"cactus-{_slug(file)}")) for file in _find_files(path)]
    else:
        parts = [(path, _load_file(path, "cactus"))]
    _refuse_duplicates((file, persona) for file, part in parts for persona in part.personas)
    personas = tuple(persona for _, part in parts for persona in part.personas)
    if not personas:
        raise InputError("no personas here", where=spec)
    return PersonaSource(personas, tuple(repair for _, part in parts for repair in part.repairs))


def _find_files(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.iterdir() if file.suffix in _SUFFIXES)
    if not files:
        raise InputError("the folder holds no persona files", where=str(folder), todo=_advice())
    return files


def _slug(file: Path) -> str:
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in file.stem.lower())


def _advice() -> str:
    return f"give `builtin`, a file ({', '.join(_SUFFIXES)}) or a folder of such files"


def _load_file(path: Path, prefix: str) -> PersonaSource:
    if not path.exists():
        raise InputError("no such file or folder", where=str(path), todo=_advice())
    if path.suffix == ".toml":
        return PersonaSource((read_toml_persona(path),))
    if path.suffix == ".jsonl":
        return PersonaSource(tuple(_iter_lines(path)))
    if path.suffix == ".json":
        report = import_cactus(path, prefix)
        return PersonaSource(report.personas, report.repairs)
    raise InputError(
        f"personas are not read from {path.suffix!r} files", where=str(path), todo=_advice()
    )


def _iter_lines(path: Path) -> Iterator[Persona]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield validate_persona(parse_json(line, path, number), where=f"{path}, line {number}")


def _refuse_duplicates(personas: Iterable[tuple[Path, Persona]]) -> None:
    seen: dict[str, Path] = {}
    for file, persona in personas:
        if persona.id in seen:
            raise InputError(
                f"the persona id {persona.id!r} occurs twice (first in {seen[persona.id]})",
                where=str(file),
                todo="give every persona an id of its own",
            )
        seen[persona.id] = file
