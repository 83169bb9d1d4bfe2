"""The request log: one line per request, on disk before its reply leaves."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson


@dataclass(frozen=True)
class Entry:
    """What became of one request. `fault` is empty where the reply was whole and right."""

    at: float
    """Seconds since the epoch, when the reply was about to leave."""
    hash: str
    role: str
    attempt: int
    """How many requests with this hash there were, this one included."""
    status: int
    """HTTP status; 0 where the connection was cut or nothing came."""
    fault: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    request: dict[str, Any] | None = None
    """The body, where the log keeps requests."""

    @property
    def completed(self) -> bool:
        return self.status == 200 and not self.fault


class RequestLog:
    """Keeps the entries in memory and, with a path, as JSON lines."""

    def __init__(self, path: Path | None = None, *, keep_requests: bool = False) -> None:
        self.entries: list[Entry] = []
        self.keep_requests = keep_requests
        self._attempts: Counter[str] = Counter()
        self._file: IO[bytes] | None = path.open("ab", buffering=0) if path else None

    def begin(self, request_hash: str) -> int:
        """Count a request; returns its attempt number, 1 for the first with this hash."""
        self._attempts[request_hash] += 1
        return self._attempts[request_hash]

    def write(self, role: str, body: dict[str, Any], **fields: Any) -> None:
        """Add an entry; it is with the operating system when this returns."""
        kept = body if self.keep_requests else None
        entry = Entry(at=time.time(), role=role, request=kept, **fields)
        self.entries.append(entry)
        if self._file:
            self._file.write(orjson.dumps(entry) + b"\n")

    def close(self) -> None:
        if self._file:
            self._file.close()


def read_log(path: Path) -> list[Entry]:
    """Read a log back; a last line that is not whole yet is left out."""
    whole = path.read_bytes().rpartition(b"\n")[0]
    return [Entry(**orjson.loads(line)) for line in whole.splitlines()]


def count_paid_twice(entries: Iterable[Entry]) -> int:
    """How many completed replies were completed before, to the very same request."""
    paid = Counter(entry.hash for entry in entries if entry.completed)
    return sum(times - 1 for times in paid.values())
