"""Judgements added to a folder after its sessions: one file per kind, one line per judgement.

The sessions are never touched. One writer at a time and kind, with a lock of its own, so that a run
may be judged while it is still being played; append-only, a torn last line is a judgement still owed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from agents.models.calls import CallRecord
from runs.journal import Journal
from runs.line import parse_line
from runs.record import Record
from runs.store import append_line, cut_torn_line, open_append, take_lock


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


class AddedStore(Generic[Added]):
    """The open file of a folder. `done` holds the keys of all its judgements.

    `torn` tells that an unfinished last line was cut off on opening. Raises InputError if another
    process is judging this folder, or if a line that is not the last cannot be read.
    """

    def __init__(self, folder: Path, shelf: Shelf[Added]) -> None:
        self._lock = take_lock(folder, shelf.lock, "judged")
        self.journal = Journal(folder)
        try:
            self.torn = cut_torn_line(folder / shelf.file)
            self.done = {judgement.key for judgement in shelf.iter_lines(folder)}
            self.journal.sweep(self.done)
            self._file = open_append(folder / shelf.file)
        except BaseException:
            self._lock.close()
            raise

    def add(self, judgement: Added) -> None:
        """Append one judgement, in a single write; its calls need no journal any more."""
        append_line(self._file, judgement.model_dump_json())
        self.done.add(judgement.key)
        if judgement.calls:
            self.journal.close(judgement.key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._lock.close()
