"""The five parts of a CBT-LLM answer, heard by cues sentence by sentence (`structure.toml`).

Validation, key thought, challenge, strategy, encouragement. A screening measure: a part counts as
there if one sentence carries a cue of it, whatever its quality.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

from agents.text import split_sentences
from personas.schema import Language

PARTS = ("validation", "key_thought", "challenge", "strategy", "encouragement")
_FILE = Path(__file__).with_name("structure.toml")


@dataclass(frozen=True)
class Structure:
    """The sentences (from 0) that carry each part; a part without any is not there."""

    sentences: dict[str, tuple[int, ...]]

    @property
    def present(self) -> tuple[str, ...]:
        """Return the parts that are there, in the order of the protocol."""
        return tuple(part for part in PARTS if self.sentences[part])

    @property
    def in_order(self) -> bool:
        """Return whether the parts that are there can be read in the order of the protocol."""
        place = 0
        for part in self.present:
            later = [n for n in self.sentences[part] if n >= place]
            if not later:
                return False
            place = later[0]
        return True


@dataclass(frozen=True)
class StructureSummary:
    """Shares of answers (0 to 1): with each part, with all five, and with all five in order."""

    parts: dict[str, float]
    all_five: float
    in_order: float


def find_structure(text: str, language: Language) -> Structure:
    """Return where the five parts are heard in an answer."""
    sentences = [part for line in text.split("\n") for part in split_sentences(line)]
    return Structure(
        {
            part: tuple(n for n, said in enumerate(sentences) if _hears(part, said, language))
            for part in PARTS
        }
    )


def summarize_structure(texts: Sequence[str], language: Language) -> StructureSummary:
    """Return how often the five parts are there over a corpus of at least one answer."""
    found = [find_structure(text, language) for text in texts]
    return StructureSummary(
        {part: fmean(part in structure.present for structure in found) for part in PARTS},
        fmean(len(structure.present) == len(PARTS) for structure in found),
        fmean(structure.in_order and len(structure.present) == len(PARTS) for structure in found),
    )


def _hears(part: str, sentence: str, language: Language) -> bool:
    said = sentence.replace("\u2019", "'")
    return any(cue.search(said) for cue in load_cues(language)[part])


@cache
def load_cues(language: Language) -> dict[str, tuple[re.Pattern[str], ...]]:
    """Return the cues of each part in a language."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        part: tuple(re.compile(cue, re.IGNORECASE) for cue in tables[part][language])
        for part in PARTS
    }
