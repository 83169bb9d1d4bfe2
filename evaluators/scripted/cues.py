"""The raters' own cue phrases, beside those of `agents.hearing.lexicon`; one TOML file per language."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from personas.errors import InputError
from personas.schema import Language

_FOLDER = Path(__file__).parent / "cues"


@cache
def load_section(language: Language, section: str) -> dict[str, Any]:
    """Return one section as it stands. Raises InputError for a language without cues."""
    path = _FOLDER / f"{language}.toml"
    if not path.exists():
        raise InputError(
            f"the scripted raters have no cues for language {language!r} yet",
            todo="use --language en, or judge with a model",
        )
    section_table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))[section]
    return section_table


@cache
def load_cue(language: Language, section: str, name: str) -> re.Pattern[str]:
    """Return one cue, a list of expressions joined into one, compiled without regard to case."""
    cue = load_section(language, section)[name]
    return re.compile(cue if isinstance(cue, str) else "|".join(cue), re.IGNORECASE)


def straighten(text: str) -> str:
    """Return the text with straight apostrophes, as the cues are written."""
    return text.replace("’", "'").replace("‘", "'")


def shows(language: Language, name: str, text: str) -> bool:
    """Tell whether a text shows a cue of the section `talk`."""
    return load_cue(language, "talk", name).search(straighten(text)) is not None
