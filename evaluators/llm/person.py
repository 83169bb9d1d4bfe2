"""A client told in words, for the model that answers as it: who it is, how it came, how it feels.

The words stand in `words/<language>.toml`. Levels of the mind become sentences, never numbers.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from agents.mind.state import Mind
from personas.schema import Language, Persona

_FOLDER = Path(__file__).parent / "words"
_LEVELS = ("distress", "hope", "tension", "trust")


@cache
def load_words(language: Language) -> dict[str, Any]:
    """Return the sections `labels`, `attitude` and `mood` of a language."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def describe_person(persona: Persona) -> str:
    """Return what the client knows of itself, one label and answer a line; blanks are left out."""
    profile = {
        "situation": persona.profile.situation,
        "automatic_thought": persona.profile.automatic_thought,
    }
    answers = {**persona.demographics.model_dump(), **persona.intake.model_dump(), **profile}
    labels = load_words(persona.language)["labels"]
    return "\n".join(f"{label}{answers[key]}" for key, label in labels.items() if answers[key])


def describe_attitude(persona: Persona) -> str:
    """Return how the client came to the session."""
    attitudes: dict[str, str] = load_words(persona.language)["attitude"]
    return attitudes[persona.attitude]


def describe_mood(mind: Mind, language: Language) -> str:
    """Return one sentence each for distress, hope, tension and trust, chosen by level."""
    mood: dict[str, list[str]] = load_words(language)["mood"]
    lines = (_pick(mood[name], getattr(mind, name)) for name in _LEVELS)
    return ("" if language == "zh" else " ").join(lines)


def _pick(sentences: list[str], level: float) -> str:
    """Return the sentence for a level of 0 to 100; the sentences share the range evenly."""
    return sentences[min(int(level * len(sentences) / 100), len(sentences) - 1)]
