"""Verdicts added to a run after it was played: `verdicts.jsonl`, one line per session, judge and scale.

The episodes are never touched. One writer at a time, with a lock of its own, so that a run may be
judged while it is still being played; append-only, a torn last line is a judgement still owed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from agents.models.calls import CallRecord
from evaluators.verdict import Verdict
from runs.journal import Journal
from runs.line import parse_line
from runs.record import Record
from runs.store import append_line, cut_torn_line, open_append, take_lock

VERDICTS = "verdicts.jsonl"
LOCK = ".judge.lock"


class Judgement(Record):
    """One verdict on one session. `judge` is the spec that was asked for, `verdict.judge` its model."""

    key: str
    schema_version: Literal[1] = 1
    episode: str
    judge: str
    samples: int
    verdict: Verdict
    calls: tuple[CallRecord, ...] = ()
    at: str


def judgement_key(episode: str, judge: str, settings: str, scale: str, samples: int) -> str:
    """Return 16 hex digits over who judges which session how; `settings` and `scale` are digests."""
    parts = json.dumps([episode, judge, settings, scale, samples])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


class VerdictStore:
    """The open `verdicts.jsonl` of a folder. `done` holds the keys of all its judgements.

    `torn` tells that an unfinished last line was cut off on opening. Raises InputError if another
    process is judging this folder, or if a line that is not the last cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = take_lock(folder, LOCK, "judged")
        self.journal = Journal(folder)
        try:
            self.torn = cut_torn_line(folder / VERDICTS)
            self.done = {judgement.key for judgement in iter_judgements(folder)}
            self.journal.sweep(self.done)
            self._file = open_append(folder / VERDICTS)
        except BaseException:
            self._lock.close()
            raise

    def add(self, judgement: Judgement) -> None:
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


def iter_judgements(folder: Path) -> Iterator[Judgement]:
    """Yield the judgements of a folder, oldest first; a line that is still being written is none yet."""
    path = folder / VERDICTS
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.endswith(b"\n"):
                yield parse_line(Judgement, line, path, number)


def load_added(folder: Path) -> dict[str, list[Judgement]]:
    """Return the added judgements by session, all in memory, without their evidence and notes."""
    added: dict[str, list[Judgement]] = {}
    for judgement in iter_judgements(folder):
        added.setdefault(judgement.episode, []).append(_slim(judgement))
    return added


def find_added(folder: Path, episode: str) -> list[Verdict]:
    """Return the verdicts added to one session, oldest first."""
    return [found.verdict for found in iter_judgements(folder) if found.episode == episode]


def _slim(judgement: Judgement) -> Judgement:
    verdict = judgement.verdict
    ratings = tuple(replace(rating, evidence=(), note="") for rating in verdict.ratings)
    return judgement.model_copy(update={"verdict": replace(verdict, ratings=ratings)})
