"""Where personas come from: the built-in catalogue, a file, or a folder of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from personas.builtin import load_builtin, read_toml_persona, validate_persona
from personas.errors import InputError
from personas.importers.cactus import Repair, import_cactus
from personas.importers.questions import (
    Row,
    import_question,
    is_question_file,
    read_rows,
    read_table,
)
from personas.schema import Language, Persona

_SUFFIXES = (".csv", ".json", ".jsonl", ".toml")


@dataclass(frozen=True)
class PersonaSource:
    """The personas that were asked for, and what an importer repaired on the way."""

    personas: tuple[Persona, ...]
    repairs: tuple[Repair, ...] = ()
    skipped: tuple[InputError, ...] = ()


def load_personas(spec: str, language: Language = "en", *, skip_bad: bool = False) -> PersonaSource:
    """Load `builtin` (in `language`), a FILE or a DIR of such files.

    A FILE is a Cactus list (.json), one persona (.toml), personas or questions with a description
    one a line (.jsonl), or such questions as a table (.csv). In a DIR the ids of imported forms
    carry the name of their file, since each file counts from 0. An InputError names the first item
    that cannot be used; with `skip_bad` such items are left out and listed in `skipped`.
    """
    if spec == "builtin":
        return PersonaSource(tuple(load_builtin(language)))
    path = Path(spec)
    if path.is_dir():
        parts = [
            (file, _load_file(file, f"-{_slug(file)}", skip_bad)) for file in _find_files(path)
        ]
    else:
        parts = [(path, _load_file(path, "", skip_bad))]
    _refuse_duplicates((file, persona) for file, part in parts for persona in part.personas)
    personas = tuple(persona for _, part in parts for persona in part.personas)
    if not personas:
        raise InputError("no personas here", where=spec)
    return PersonaSource(
        personas,
        tuple(repair for _, part in parts for repair in part.repairs),
        tuple(skip for _, part in parts for skip in part.skipped),
    )


def _find_files(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.iterdir() if file.suffix in _SUFFIXES)
    if not files:
        raise InputError("the folder holds no persona files", where=str(folder), todo=_advice())
    return files


def _slug(file: Path) -> str:
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in file.stem.lower())


def _advice() -> str:
    return f"give `builtin`, a file ({', '.join(_SUFFIXES)}) or a folder of such files"


def _load_file(path: Path, suffix: str, skip_bad: bool) -> PersonaSource:
    if not path.exists():
        raise InputError("no such file or folder", where=str(path), todo=_advice())
    if path.suffix == ".toml":
        return PersonaSource((read_toml_persona(path),))
    if path.suffix == ".csv":
        return _gather(read_table(path), _ask(path, suffix), skip_bad)
    if path.suffix == ".jsonl":
        rows = read_rows(path)
        reader = _ask(path, suffix) if is_question_file(path) else _validate
        return _gather(rows, reader, skip_bad)
    if path.suffix == ".json":
        report = import_cactus(path, f"cactus{suffix}", skip_bad=skip_bad)
        return PersonaSource(report.personas, report.repairs, report.skipped)
    raise InputError(
        f"personas are not read from {path.suffix!r} files", where=str(path), todo=_advice()
    )


def _validate(row: Row) -> Persona:
    return validate_persona(row.read(), where=row.where)


def _ask(path: Path, suffix: str) -> Callable[[Row], Persona]:
    """Return the reader of questions; their ids carry the name of the file in a folder."""
    return lambda row: import_question(row, f"question{suffix}", path.name)


def _gather(rows: Iterable[Row], reader: Callable[[Row], Persona], skip_bad: bool) -> PersonaSource:
    """Read every row; what cannot be used is an error, or with `skip_bad` left out and listed."""
    personas: list[Persona] = []
    skipped: list[InputError] = []
    for row in rows:
        try:
            personas.append(reader(row))
        except InputError as error:
            if not skip_bad:
                raise
            skipped.append(error)
    return PersonaSource(tuple(personas), (), tuple(skipped))


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
