"""Judgements added to a folder after its sessions: one file per kind, one line per judgement.

The sessions are never touched. One writer at a time and kind, with a lock of its own, so that a run
may be judged while it is still being played; append-only, a torn last line is a judgement still owed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from agents.models.calls import CallRecord
from runs.line import parse_line
from runs.record import Record
from runs.store import OneWriter


class AddedRecord(Record):
    """What every added judgement has: the key under which it is found again, and what it took."""

    key: str
    calls: tuple[CallRecord, ...] = ()


Added = TypeVar("Added", bound=AddedRecord)


@dataclass(frozen=True)
class Shelf(Generic[Added]):
    """Where a kind of judgement is kept: the record, its file, and the lock of its one writer."""

    record: type[Added]
    file: str
    lock: str

    def iter_lines(self, folder: Path) -> Iterator[Added]:
        """Yield the judgements of a folder, oldest first; a line still being written is none yet."""
        path = folder / self.file
        if not path.exists():
            return
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.endswith(b"\n"):
                    yield parse_line(self.record, line, path, number)

    def iter_keys(self, folder: Path) -> Iterator[str]:
        """Yield the keys of the judgements of a folder."""
        return (judgement.key for judgement in self.iter_lines(folder))


class AddedStore(OneWriter, Generic[Added]):
    """The open file of a kind of judgement in a folder. `done` holds the keys of all of them."""

    def __init__(self, folder: Path, shelf: Shelf[Added]) -> None:
        self._shelf = shelf
        super().__init__(folder, shelf.lock, "judged", (shelf.file,), shelf.iter_keys)

    def add(self, judgement: Added) -> None:
        """Append one judgement."""
        self.append(self._shelf.file, judgement)
        self.finish(judgement.key, judgement.calls)
