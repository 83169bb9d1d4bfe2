"""What a corpus of answers is made of, counted as in CBT-LLM's tables 1 and 2.

The distortions are those that the answers name, by any usual name (`names.toml`), which is
what the paper counted; how often the questions hold them is another matter (`recognition`).
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

from evaluators.text_metrics.answers import Answer
from personas.schema import Distortion

_FILE = Path(__file__).with_name("names.toml")


@dataclass(frozen=True)
class Corpus:
    """Counts over the rows of a file; a mean over nothing is `None`.

    `asked` is the text in `input`, for rows that do not tell question and description apart.
    `naming` rows name a distortion; one row may name several.
    """

    answers: int
    question_chars: float | None
    description_chars: float | None
    asked_chars: float | None
    answer_chars: float | None
    naming: int
    distortions: dict[str, int]

    @property
    def naming_share(self) -> float:
        """Return the share of answers that name a distortion, 0 to 1."""
        return self.naming / self.answers


def describe_corpus(answers: Sequence[Answer]) -> Corpus:
    """Return the statistics of at least one answer."""
    named = [find_names(answer.output) for answer in answers]
    counts = Counter(distortion for found in named for distortion in found)
    return Corpus(
        answers=len(answers),
        question_chars=_mean_length(answer.question for answer in answers),
        description_chars=_mean_length(answer.description for answer in answers),
        asked_chars=_mean_length(answer.input for answer in answers),
        answer_chars=_mean_length(answer.output for answer in answers),
        naming=sum(bool(found) for found in named),
        distortions={name.value: n for name, n in counts.most_common()},
    )


def find_names(text: str) -> frozenset[Distortion]:
    """Return the distortions that a text names."""
    return frozenset(name for name, pattern in _patterns().items() if pattern.search(text))


def _mean_length(texts: Iterable[str]) -> float | None:
    lengths = [len(text) for text in texts if text]
    return fmean(lengths) if lengths else None


@cache
def _patterns() -> dict[Distortion, re.Pattern[str]]:
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        Distortion(name): re.compile("|".join(forms), re.IGNORECASE)
        for name, forms in tables.items()
    }
