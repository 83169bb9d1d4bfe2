"""The call journal: replies of unfinished episodes, kept so that nothing is paid for twice.

One small file per episode in flight, `calls/KEY.jsonl`, one line per completed call: the digest of
the request and the reply. A line is written before the episode goes on, in one write, so it
survives `kill -9`; the file goes when the episode is stored. Nothing of a request is kept, so a file
grows with the replies alone. Why not a checkpointer: docs/models.md has the numbers.
"""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import orjson

from agents.models.reply import Reply
from agents.models.stop import StopRun
from personas.errors import InputError

CALLS = "calls"
_KEPT = tuple(field.name for field in fields(Reply) if field.name != "parsed")


class EpisodeTape:
    """The kept replies of one episode (`agents.models.ledger.Tape`)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._replies: dict[str, deque[Reply]] = defaultdict(deque)
        for request, reply in _read(path):
            self._replies[request].append(reply)

    def take(self, request: str) -> Reply | None:
        """Return the next reply kept for this request, None if there is none left."""
        kept = self._replies.get(request)
        return kept.popleft() if kept else None

    def keep(self, request: str, reply: Reply) -> None:
        """Append the reply, in a single write. Raises StopRun if the disk does not take it whole."""
        told = {name: getattr(reply, name) for name in _KEPT}
        line = orjson.dumps({"request": request, **told}, option=orjson.OPT_APPEND_NEWLINE)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(file).st_size
            written, reason = _write(file, line)
            if written != len(line):
                os.ftruncate(file, size)
                raise StopRun(f"{self._path}: cannot write: {reason}\n  make room, then run again")
        finally:
            os.close(file)


class Journal:
    """The journal of a run folder, for its one writer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / CALLS

    def open(self, key: str) -> EpisodeTape:
        """Return the tape of an episode, with what was kept of an earlier life of it."""
        self._folder.mkdir(exist_ok=True)
        return EpisodeTape(self._path(key))

    def close(self, key: str) -> None:
        """Forget an episode that is stored."""
        self._path(key).unlink(missing_ok=True)

    def sweep(self, done: Iterable[str]) -> None:
        """Forget all episodes that are stored, after a crash between storing and forgetting."""
        finished = set(done)
        for path in self._folder.glob("*.jsonl"):
            if path.stem in finished:
                path.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.jsonl"


def _write(file: int, line: bytes) -> tuple[int, str]:
    """Return how many bytes were taken, and why not all."""
    try:
        return os.write(file, line), "the disk took only a part of the reply"
    except OSError as error:
        return 0, error.strerror or str(error)


def _read(path: Path) -> list[tuple[str, Reply]]:
    """Return the kept replies; a torn last line was no completed call and is cut off.

    Raises InputError, with the line, for a line that no run can have written.
    """
    if not path.exists():
        return []
    whole = path.read_bytes()
    end = whole.rfind(b"\n") + 1
    if end < len(whole):
        with path.open("r+b") as file:
            file.truncate(end)
    lines = whole[:end].splitlines()
    return [_parse(line, path, number) for number, line in enumerate(lines, start=1)]


def _parse(line: bytes, path: Path, number: int) -> tuple[str, Reply]:
    try:
        row = orjson.loads(line)
        row["odds"] = tuple((word, share) for word, share in row.get("odds", ()))
        return row.pop("request"), Reply(**row)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise InputError(
            "corrupt journal",
            where=f"{path}, line {number}",
            todo="restore the file, or delete it and run again: its episode is then played anew",
        ) from None
