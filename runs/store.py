"""The append-only store of a run: one writer, one line per episode, resume by key."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from agents.models.calls import CallRecord
from personas.errors import InputError
from runs.journal import Journal
from runs.line import EPISODES, FAILURES, parse_line
from runs.record import Episode, Failure, Record

LOCK = ".writer.lock"
Keys = Callable[[Path], Iterable[str]]


class OneWriter:
    """A folder open for its one writer: the lock, the call journal, and the files it appends to.

    `done` holds the keys of all that is finished, as `keys` yields them, and nothing more; `torn`
    names the files whose last line was cut off on opening because it was never finished, and so is
    still owed. Raises InputError if another process holds the lock, or if a line that is not the
    last cannot be read.
    """

    def __init__(
        self, folder: Path, lock: str, doing: str, files: Sequence[str], keys: Keys
    ) -> None:
        self._lock = take_lock(folder, lock, doing)
        self.journal = Journal(folder)
        try:
            self.torn = [name for name in files if cut_torn_line(folder / name)]
            self.done = set(keys(folder))
            self.journal.sweep(self.done)
            self._files = {name: open_append(folder / name) for name in files}
        except BaseException:
            self._lock.close()
            raise

    def append(self, file: str, record: Record) -> None:
        """Append one record, in a single write."""
        append_line(self._files[file], record.model_dump_json())

    def finish(self, key: str, calls: Sequence[CallRecord]) -> None:
        """Note a key as done; the calls it took need no journal any more."""
        self.done.add(key)
        if calls:
            self.journal.close(key)

    def close(self) -> None:
        """Let the next writer in."""
        for file in self._files.values():
            file.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Store(OneWriter):
    """An open run folder: finished episodes, and broken attempts beside them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, LOCK, "written", (EPISODES, FAILURES), iter_keys)

    def add(self, episode: Episode) -> None:
        """Append one finished episode."""
        self.append(EPISODES, episode)
        self.finish(episode.key, episode.calls)

    def fail(self, failure: Failure) -> None:
        """Append one broken attempt; its key stays owed."""
        self.append(FAILURES, failure)


def iter_keys(folder: Path) -> Iterator[str]:
    """Yield the key of every episode; each line is checked in full, one in memory at a time."""
    path = folder / EPISODES
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            yield parse_line(Episode, line, path, number).key


def cut_torn_line(path: Path) -> bool:
    """Cut off a last line that has no newline; return whether there was one."""
    if not path.exists():
        return False
    with path.open("r+b") as file:
        start, line = read_last_line(file)
        if not line or line.endswith(b"\n"):
            return False
        file.truncate(start)
    return True


def read_last_line(file: IO[bytes]) -> tuple[int, bytes]:
    """Return where the last line starts and its bytes, reading backwards in blocks."""
    end = file.seek(0, os.SEEK_END)
    start, tail = end, b""
    while start > 0:
        step = min(1 << 16, start)
        start = file.seek(start - step)
        tail = file.read(step) + tail
        cut = tail.rfind(b"\n", 0, len(tail) - 1)
        if cut >= 0:
            return start + cut + 1, tail[cut + 1 :]
    return 0, tail


def take_lock(folder: Path, name: str, doing: str) -> IO[str]:
    """Return the lock of a folder's one writer, open; InputError names who holds it."""
    path = folder / name
    try:
        lock = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write here: {error.strerror}", where=str(folder)) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "another process"
        lock.close()
        raise InputError(
            f"the run is being {doing} by {holder}",
            where=str(folder),
            todo="wait until it ends"
            + (", or write to another folder with --out" if name == LOCK else ""),
        ) from None
    _sign_lock(lock)
    return lock


def _sign_lock(lock: IO[str]) -> None:
    lock.truncate(0)
    since = datetime.now(UTC).isoformat(timespec="seconds")
    lock.write(f"process {os.getpid()} on {socket.gethostname()} since {since}\n")
    lock.flush()


def open_append(path: Path) -> FileIO:
    """Open a file to append to; InputError if it cannot be written."""
    try:
        return FileIO(path, "a")
    except OSError as error:
        raise InputError(f"cannot write here: {error.strerror}", where=str(path)) from None


def append_line(file: FileIO, record: str) -> None:
    """Write one line at once; what a full disk left of it is taken back."""
    line = record.encode() + b"\n"
    size = os.fstat(file.fileno()).st_size
    try:
        written = file.write(line)
        reason = "the disk took only a part of the record"
    except OSError as error:
        written, reason = 0, error.strerror or str(error)
    if written != len(line):
        os.ftruncate(file.fileno(), size)
        raise InputError(
            f"cannot write: {reason}", where=str(file.name), todo="make room, then run again"
        )
