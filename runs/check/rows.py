"""The files of a training set, and their rows one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from personas.errors import InputError
from runs.check.example import Example, read_row

_ENDINGS = (".jsonl", ".json", ".parquet")
_ABOUT = ("export.json", "dataset_info.json")
_HELD_OUT = re.compile(r"test|valid|eval|dev", re.IGNORECASE)


def list_files(dataset: Path) -> list[Path]:
    """Return the files with rows: the one named, or all in a folder. InputError if there are none."""
    if dataset.is_file():
        return [dataset]
    if not dataset.exists():
        raise InputError("no such file or folder", where=str(dataset))
    found = sorted(
        path
        for path in dataset.rglob("*")
        if path.suffix in _ENDINGS and path.name not in _ABOUT and path.is_file()
    )
    if not found:
        raise InputError(
            "no rows here: no .jsonl, .json or .parquet file",
            where=str(dataset),
            todo="name a folder that `counselgym export` has written, or a file",
        )
    return found


def is_held_out(file: Path) -> bool:
    """Tell by its name whether a file is for testing; all others are for training."""
    return bool(_HELD_OUT.search(file.stem))


def iter_examples(file: Path) -> Iterator[Example]:
    """Yield the examples of a file. Raises InputError with file and line for what cannot be read."""
    for number, row in _iter_rows(file):
        yield from read_row(file, number, row)


def _iter_rows(file: Path) -> Iterator[tuple[int, object]]:
    try:
        if file.suffix == ".parquet":
            yield from enumerate(_iter_parquet(file), start=1)
        elif file.suffix == ".json":
            yield from enumerate(_read_list(file), start=1)
        else:
            yield from _iter_lines(file)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(file)) from None


def _iter_lines(file: Path) -> Iterator[tuple[int, object]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, _parse(line, f"{file}, line {number}")


def _read_list(file: Path) -> list[object]:
    data = _parse(file.read_bytes(), str(file))
    if not isinstance(data, list):
        raise InputError("must be a list of rows", where=str(file))
    return data


def _parse(text: bytes, where: str) -> object:
    try:
        data: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError(f"invalid JSON: {error.msg}", where=where) from None
    return data


def _iter_parquet(file: Path) -> Iterator[object]:
    from runs.export.files import load_pyarrow

    pyarrow, parquet = load_pyarrow()
    try:
        for batch in parquet.ParquetFile(file).iter_batches(batch_size=256):
            yield from batch.to_pylist()
    except pyarrow.ArrowInvalid as error:
        raise InputError(f"not a Parquet file: {error}", where=str(file)) from None
