"""A judge at work on the material of an audit: what it gave to whom, and what was left out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.models.stop import StopRun
from evaluators.audit.check import MEAN
from evaluators.audit.perturbations import CHANGES
from evaluators.audit.specimen import Specimen
from evaluators.judge import Judge
from evaluators.verdict import Verdict

Scores = Mapping[str, float]
"""Points by item, missing ones left out; `mean` is over those that are there."""


@dataclass(frozen=True)
class Material:
    """What judges are tried on: sessions of known groups, and the good ones that are changed."""

    ladder: tuple[Specimen, ...]
    changed: tuple[Specimen, ...]

    @property
    def size(self) -> int:
        """Return how many transcripts one judge rates."""
        return len(self.ladder) + len(self.changed) * (len(CHANGES) + 3)


@dataclass
class Trial:
    """What a judge gave. Lists go in step with the material; `faults` are what broke in a rating."""

    judge: Judge
    ladder: list[Scores] = field(default_factory=list)
    plain: list[Scores] = field(default_factory=list)
    changed: dict[str, list[Scores]] = field(default_factory=dict)
    resampled: list[Scores] = field(default_factory=list)
    reasked: list[Scores] = field(default_factory=list)
    items: tuple[str, ...] = ()
    scale: str = ""
    faults: list[str] = field(default_factory=list)


async def try_judge(judge: Judge, resampled: Judge, material: Material, at_once: int = 1) -> Trial:
    """Let a judge rate the material: the ladder, the good sessions, all their changes, and again.

    `resampled` is the same judge with other random draws (the judge itself if it draws none); the
    second asking goes through the good sessions backwards. A rating that breaks is missing; what
    ends a run (StopRun) is raised.
    """
    trial = Trial(judge)
    good = list(material.changed)
    trial.ladder = await _rate(trial, judge, material.ladder, at_once)
    trial.plain = await _rate(trial, judge, good, at_once)
    for name, change in CHANGES.items():
        told = [session.with_transcript(change(session)) for session in good]
        trial.changed[name] = await _rate(trial, judge, told, at_once)
    trial.resampled = await _rate(trial, resampled, good, at_once)
    trial.reasked = (await _rate(trial, judge, good[::-1], at_once))[::-1]
    return trial


async def _rate(
    trial: Trial, judge: Judge, sessions: Sequence[Specimen], at_once: int
) -> list[Scores]:
    """Return the scores of each session, in order; at most `at_once` are judged at a time."""
    given: list[Scores] = [{}] * len(sessions)
    owed: Iterator[tuple[int, Specimen]] = enumerate(sessions)

    async def work() -> None:
        for place, session in owed:
            given[place] = await _rate_one(trial, judge, session)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, len(sessions))):
            group.create_task(work())
    return given


async def _rate_one(trial: Trial, judge: Judge, session: Specimen) -> Scores:
    try:
        verdict = await judge.rate(session.transcript, session.language)
    except StopRun:
        raise
    except Exception as error:  # noqa: BLE001 - a rating that breaks is missing, and is told
        trial.faults.append(f"{type(error).__name__}: {error}")
        return {}
    trial.items = trial.items or tuple(rating.item for rating in verdict.ratings)
    trial.scale = trial.scale or verdict.scale
    return read_scores(verdict)


def read_scores(verdict: Verdict) -> Scores:
    """Return the points by item of a verdict, with their mean."""
    scores = {rating.item: rating.score for rating in verdict.ratings if rating.score is not None}
    return scores if verdict.mean is None else {**scores, MEAN: verdict.mean}
