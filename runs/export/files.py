"""Writing a set's rows: JSON Lines, or Parquet for `datasets`; one row in memory, or a thousand."""

from __future__ import annotations

from io import BufferedWriter
from pathlib import Path
from typing import Any, Protocol

import orjson

from personas.errors import InputError
from runs.export.split import Side

_BATCH = 1000


class RowFile(Protocol):
    """Takes rows one by one."""

    def add(self, row: dict[str, object]) -> None:
        """Write a row."""
        ...

    def close(self) -> None:
        """Write what is left."""
        ...


class JsonLines:
    """A row a line."""

    def __init__(self, path: Path) -> None:
        self._file: BufferedWriter = path.open("wb")

    def add(self, row: dict[str, object]) -> None:
        """Write a row."""
        self._file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Parquet:
    """Rows of messages and lineage in row groups of a thousand."""

    def __init__(self, path: Path) -> None:
        pyarrow, parquet = load_pyarrow()
        text = pyarrow.string()
        lineage = dict.fromkeys(_LINEAGE, text) | {
            "seed": pyarrow.int64(),
            "ctrs": pyarrow.float64(),
        }
        self._schema = pyarrow.schema(
            {
                "messages": pyarrow.list_(pyarrow.struct({"role": text, "content": text})),
                "lineage": pyarrow.struct(lineage),
            }
        )
        self._table = pyarrow.Table
        self._writer = parquet.ParquetWriter(path, self._schema)
        self._rows: list[dict[str, object]] = []

    def add(self, row: dict[str, object]) -> None:
        """Take a row; it is written with the thousand it belongs to."""
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self._flush()

    def close(self) -> None:
        """Write the rest."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._table.from_pylist(self._rows, schema=self._schema))
        self._rows = []


_LINEAGE = (
    "run",
    "config",
    "episode",
    "form",
    "persona",
    "counselor",
    "voice",
    "protocol",
    "seed",
    "finish",
    "ctrs",
)


def load_pyarrow() -> tuple[Any, Any]:
    """Return pyarrow and its parquet part; InputError says what to install."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(
            "Parquet needs the extra `train`",
            where="--format parquet",
            todo="pip install 'counselgym[train]', or take another format",
        ) from None
    return pyarrow, pyarrow.parquet


def name_file(form: str, side: Side) -> str:
    """Return where the rows of a side are, within the folder of a set."""
    if form == "parquet":
        return f"data/{side}-00000-of-00001.parquet"
    return f"{side}.jsonl"


def open_rows(folder: Path, form: str, side: Side) -> RowFile:
    """Open the file of a side."""
    path = folder / name_file(form, side)
    path.parent.mkdir(parents=True, exist_ok=True)
    return Parquet(path) if form == "parquet" else JsonLines(path)
