"""The cue phrases of the fidelity measures; one TOML file per language beside this module."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from evaluators.scripted.cues import straighten
from personas.schema import Language

_FOLDER = Path(__file__).parent / "cues"


@cache
def _load(language: Language) -> dict[str, re.Pattern[str]]:
    table = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        name: re.compile(cue if isinstance(cue, str) else "|".join(cue), re.IGNORECASE)
        for name, cue in table.items()
    }


def shows(language: Language, name: str, text: str) -> bool:
    """Tell whether a text shows a cue, by its name in the file (`praise`, `advice`, `commitment` …)."""
    return _load(language)[name].search(straighten(text)) is not None
