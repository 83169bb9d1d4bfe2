"""Looking a whole set over: every row once, in a stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from runs.check.example import Example
from runs.check.finding import Findings
from runs.check.overlap import Overlap
from runs.check.rows import iter_examples, list_files
from runs.check.source import Sources
from runs.check.talk import check_talk


@dataclass
class Look:
    """What was found. `unknown` counts the examples that no episode could be held against, by why."""

    files: dict[str, int] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    unknown: dict[str, int] = field(default_factory=dict)


def look_over(dataset: Path) -> Look:
    """Return what is wrong with a set. Raises InputError for what cannot be read."""
    look, overlap, sources = Look(), Overlap(), Sources(dataset)
    for file in list_files(dataset):
        look.files[str(file)] = 0
        for example in iter_examples(file):
            look.files[str(file)] += 1
            _check(example, look.findings, overlap, sources)
    look.unknown = sources.unknown
    return look


def _check(example: Example, findings: Findings, overlap: Overlap, sources: Sources) -> None:
    for check in (check_talk, overlap.check, sources.check):
        for kind, what in check(example):
            findings.add(kind, example, what)
