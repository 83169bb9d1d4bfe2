"""The twelve CBT techniques of Cactus (arXiv 2407.03103): when each fits, and its steps."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agents.hearing.discourse import Ask
from personas.distortions import score_distortions
from personas.schema import Language

_FILE = Path(__file__).with_name("techniques.toml")
_CUE_WEIGHT = 2


@dataclass(frozen=True)
class Technique:
    """One technique. `plain` says it to a client; `homework` is the kind of task it ends on."""

    id: str
    name: str
    steps: tuple[str, ...]
    plain: str
    homework: str
    cues: tuple[re.Pattern[str], ...]
    distortions: frozenset[str]

    def score(self, text: str, heard: dict[str, int]) -> int:
        """Return how well a client's words fit: cues count twice, distortions `heard` once."""
        cues = sum(len(cue.findall(text)) for cue in self.cues)
        return _CUE_WEIGHT * cues + sum(heard.get(name, 0) for name in self.distortions)


@cache
def load_techniques(language: Language) -> dict[str, Technique]:
    """Return the techniques by id, the broadest first."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))["techniques"]
    return {
        name: Technique(
            id=name,
            name=table["name"],
            steps=tuple(table["steps"]),
            plain=table["plain"].get(language, ""),
            homework=table["homework"],
            cues=tuple(re.compile(cue, re.IGNORECASE) for cue in table["cues"].get(language, ())),
            distortions=frozenset(table["distortions"]),
        )
        for name, table in tables.items()
    }


@cache
def load_asks() -> dict[str, Ask]:
    """Return what the question of each step is after."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))["steps"]
    return {step: Ask(ask) for step, ask in table.items()}


def rank_techniques(text: str, language: Language) -> list[Technique]:
    """Return all techniques, the best fit to a client's words first; ties keep the file's order."""
    heard = {
        distortion.value: hits for distortion, hits in score_distortions(text, language).items()
    }
    techniques = load_techniques(language).values()
    return sorted(techniques, key=lambda technique: -technique.score(text, heard))
