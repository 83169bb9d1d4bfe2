"""Verdicts added to a run after it was played: `verdicts.jsonl`, one line per session, judge and scale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from evaluators.verdict import Verdict
from runs.added import AddedRecord, AddedStore, Shelf

VERDICTS = "verdicts.jsonl"
LOCK = ".judge.lock"


class Judgement(AddedRecord):
    """One verdict on one session. `judge` is the spec that was asked for, `verdict.judge` its model."""

    schema_version: Literal[1] = 1
    episode: str
    judge: str
    samples: int
    verdict: Verdict
    at: str


def judgement_key(episode: str, judge: str, settings: str, scale: str, samples: int) -> str:
    """Return 16 hex digits over who judges which session how; `settings` and `scale` are digests."""
    parts = json.dumps([episode, judge, settings, scale, samples])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


VERDICT_SHELF = Shelf(Judgement, VERDICTS, LOCK)


class VerdictStore(AddedStore[Judgement]):
    """The open `verdicts.jsonl` of a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, VERDICT_SHELF)


def iter_judgements(folder: Path) -> Iterator[Judgement]:
    """Yield the judgements of a folder, oldest first; a line that is still being written is none yet."""
    return VERDICT_SHELF.iter_lines(folder)


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
