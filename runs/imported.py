"""A session that was not played here: the record, and the folder that holds an imported corpus.

It says what its source says and nothing more: no persona, no mind, no ending, no judgement. It has
a file of its own, so that no reader of our episodes can take it for one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from agents.transcript import Transcript
from personas.errors import InputError
from personas.schema import Attitude, Distortion, Language, PublicIntake
from runs.folder import MANIFEST
from runs.line import IMPORTED, parse_line
from runs.record import Record

UNKNOWN = "unknown"
NOTICE = "Imported dialogue, not played by CounselGym. For research and training only."
Format = Literal["magnet", "cactus", "sharegpt", "openai"]


class Imported(Record):
    """One foreign session.

    `line` is where it starts in `file` (from 1), `id` its place there. `counselor` and `client` name
    who spoke, or say `unknown`. `form` groups sessions of one intake form; `form_text`, `thought`,
    `distortions`, `attitude` and `technique` are empty where the source has none. `repairs` tells
    what was mended.
    """

    key: str
    schema_version: Literal[1] = 1
    imported: Literal[True] = True
    notice: str = NOTICE
    format: Format
    file: str
    line: int
    id: str
    language: Language
    counselor: str = UNKNOWN
    client: str = UNKNOWN
    form: str = ""
    form_text: str = ""
    intake: PublicIntake | None = None
    attitude: Attitude | None = None
    thought: str = ""
    distortions: tuple[Distortion, ...] = ()
    technique: str = ""
    transcript: Transcript
    repairs: tuple[str, ...] = ()


def is_import_folder(folder: Path) -> bool:
    """Tell whether `counselgym import` has made this folder."""
    return (folder / IMPORTED).is_file() and (folder / MANIFEST).is_file()


def write_import(
    folder: Path, records: Iterable[Imported], describe: Callable[[], Mapping[str, object]]
) -> None:
    """Create the folder of an import, whole or not at all; InputError if the place is taken.

    The records are written as they come; `describe` gives the manifest once they are through.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("exists already", where=str(folder), todo="name another --out")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        half = folder.parent / f".{folder.name}.{os.getpid()}.tmp"
        half.mkdir()
    except OSError as error:
        raise InputError(f"cannot write here: {error.strerror}", where=str(folder)) from None
    try:
        _fill(half, records, describe)
        half.rename(folder)
    except OSError as error:
        shutil.rmtree(half, ignore_errors=True)
        raise InputError(f"cannot write here: {error.strerror}", where=str(folder)) from None
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise


def _fill(
    folder: Path, records: Iterable[Imported], describe: Callable[[], Mapping[str, object]]
) -> None:
    with (folder / IMPORTED).open("w", encoding="utf-8") as file:
        file.writelines(f"{record.model_dump_json()}\n" for record in records)
    text = json.dumps(describe(), ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")


def iter_imported(folder: Path) -> Iterator[Imported]:
    """Yield the sessions of an import in the order of their source."""
    path = folder / IMPORTED
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            yield parse_line(Imported, line, path, number)


def find_imported(folder: Path, which: str | None = None) -> Imported:
    """Return one session by 1-based number, id or the start of its key; the first if none is named."""
    which = which or "1"
    number = 0
    for number, record in enumerate(iter_imported(folder), start=1):
        if which in (str(number), record.id) or (len(which) > 3 and record.key.startswith(which)):
            return record
    raise InputError(
        f"no session {which!r}",
        where=str(folder),
        todo=f"give a number from 1 to {number}, an id or a key",
    )
