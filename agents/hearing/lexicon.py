"""The cue phrases by which listeners tell what a sentence does; one TOML file per language."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

from personas.errors import InputError
from personas.schema import Language

_FOLDER = Path(__file__).parent / "lexicons"
Cues = dict[str, re.Pattern[str]]


@cache
def load_cues(language: Language, section: str) -> Cues:
    """Return one compiled pattern per cue name of a section (`moves`, `asks`, `client`, …).

    Raises InputError for a language without a lexicon.
    """
    path = _FOLDER / f"{language}.toml"
    if not path.exists():
        raise InputError(
            f"there is no lexicon for language {language!r} yet", todo="use --language en"
        )
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: re.compile("|".join(cues), re.IGNORECASE) for name, cues in tables[section].items()
    }


@lru_cache(maxsize=4096)
def matches(language: Language, section: str, text: str) -> frozenset[str]:
    """Return the names of the cues of a section that a text shows, whatever its apostrophes."""
    said = _straighten(text)
    return frozenset(name for name, cue in load_cues(language, section).items() if cue.search(said))


def find_checks(language: Language, text: str) -> frozenset[str]:
    """Return what a question checks (`understood`, `obstacle`, `idea`)."""
    return matches(language, "checks", text)


def count(language: Language, section: str, name: str, text: str) -> int:
    """Return how often a cue occurs in a text."""
    return sum(1 for _ in load_cues(language, section)[name].finditer(_straighten(text)))


def _straighten(text: str) -> str:
    """Return the text with straight apostrophes, as the cues are written; models curl them."""
    return text.replace("’", "'").replace("‘", "'")
