"""The taxonomy of cognitive distortions: names, plain words, and the cues heard in speech."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from personas.schema import Distortion, Frozen, Language

_FILE = Path(__file__).with_name("distortions.toml")


class Bilingual(Frozen):
    """One text in both languages."""

    en: str
    zh: str

    def pick(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.zh if language == "zh" else self.en


class Cues(Frozen):
    """Regular expressions for how clients voice a distortion, by language."""

    en: tuple[str, ...]
    zh: tuple[str, ...]

    def pick(self, language: Language) -> tuple[str, ...]:
        """Return the expressions for `language`."""
        return self.zh if language == "zh" else self.en


class DistortionInfo(Frozen):
    """What is known of one distortion; `plain` completes the sentence "I hear … in it."."""

    id: Distortion
    name: Bilingual
    definition: Bilingual
    plain: Bilingual
    crisp15: bool
    patternreframe10: bool
    parent: Distortion | None = None
    cues: Cues
    examples: tuple[str, ...]


@cache
def taxonomy() -> dict[Distortion, DistortionInfo]:
    """Return the sixteen distortions in the order of the enum."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {d: DistortionInfo.model_validate({"id": d, **tables[d.value]}) for d in Distortion}


@cache
def _patterns(language: Language) -> dict[Distortion, tuple[re.Pattern[str], ...]]:
    return {
        distortion: tuple(re.compile(cue, re.IGNORECASE) for cue in info.cues.pick(language))
        for distortion, info in taxonomy().items()
    }


def score_distortions(text: str, language: Language = "en") -> dict[Distortion, int]:
    """Return how many cues of each distortion `text` holds, where there are any."""
    said = text.replace("\u2019", "'")
    hits = {
        d: sum(1 for cue in cues if cue.search(said)) for d, cues in _patterns(language).items()
    }
    return {distortion: count for distortion, count in hits.items() if count}


def rank_distortions(text: str, language: Language = "en") -> list[Distortion]:
    """Return the distortions heard in `text`, most cues first, ties in the order of the enum."""
    scores = score_distortions(text, language)
    return sorted(scores, key=lambda distortion: -scores[distortion])
