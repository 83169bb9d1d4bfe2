"""The rows of an export as the trainers want them, read with care: one bad line names itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from personas.errors import InputError
from personas.files import parse_json, read_text

Kind = Literal["sft", "dpo"]
SHAPES: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "sft": (("messages",), ("prompt", "completion")),
    "dpo": (("prompt", "chosen", "rejected"),),
}
FORMATS: dict[Kind, str] = {"sft": "messages or prompt-completion", "dpo": "preference"}
TRAIN, TEST = "train.jsonl", "test.jsonl"
Row = dict[str, Any]


def read_rows(folder: Path, kind: Kind) -> tuple[list[Row], list[Row]]:
    """Return the rows to learn from and those to evaluate on, which may be none.

    Raises InputError for a missing file, a line that is no row of this kind, or no row at all.
    """
    if not (folder / TRAIN).is_file():
        raise InputError(
            f"no {TRAIN} here",
            where=str(folder),
            todo=f"write it with counselgym export RUN --format {FORMATS[kind].split()[0]}",
        )
    rows = _read_file(folder / TRAIN, kind)
    if not rows:
        raise InputError("no row to learn from", where=str(folder / TRAIN))
    test = folder / TEST
    return rows, _read_file(test, kind) if test.is_file() else []


def _read_file(path: Path, kind: Kind) -> list[Row]:
    lines = enumerate(read_text(path).splitlines(), start=1)
    return [_read_row(line, path, number, kind) for number, line in lines if line.strip()]


def _read_row(line: str, path: Path, number: int, kind: Kind) -> Row:
    row = parse_json(line, path, number)
    for columns in SHAPES[kind]:
        if isinstance(row, dict) and all(isinstance(row.get(name), list) for name in columns):
            return {name: row[name] for name in columns}
    raise InputError(
        f"this is no row for {kind}",
        where=f"{path}, line {number}",
        todo=f"export it with --format {FORMATS[kind]}",
    )


def texts_of(row: Row) -> list[str]:
    """Return what is said in a row, the system text left out."""
    messages = [message for part in row.values() for message in part]
    return [message["content"] for message in messages if message["role"] != "system"]
