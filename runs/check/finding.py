"""What is wrong with a row: which check found it, where, and what it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from runs.check.example import Example

Check = Literal[
    "system",
    "roles",
    "same speaker",
    "history",
    "empty",
    "truncated",
    "duplicate",
    "leakage",
    "source",
    "hidden",
    "too long",
    "loss",
]
KEPT = 20


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the row at `line` (from 1) of `file`."""

    check: Check
    file: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.check}: {self.what}"


@dataclass
class Findings:
    """All findings counted; of each check the first twenty kept."""

    counts: Counter[Check] = field(default_factory=Counter)
    kept: list[Finding] = field(default_factory=list)

    def add(self, check: Check, example: Example, what: str) -> None:
        """Count a finding."""
        self.counts[check] += 1
        if self.counts[check] <= KEPT:
            part = f"{example.part}: " if example.part else ""
            self.kept.append(Finding(check, example.file, example.line, part + what))
