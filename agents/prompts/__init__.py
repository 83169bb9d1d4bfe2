"""Prompts as text files, one a part, by language: `agents/prompts/<language>/<part>.txt`.

A `$slot` is filled when the prompt is used; a literal dollar is `$$`. What a file says stands
before the transcript in a request and does not change within an episode, so that endpoints can
reuse their prefix cache (`agents.prompts.layout`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

from personas.errors import InputError
from personas.schema import Language

_FOLDER = Path(__file__).parent


@cache
def load_prompt(part: str, language: Language) -> Template:
    """Return the template of a prompt. Raises InputError where the language has no such prompt."""
    path = _FOLDER / language / f"{part}.txt"
    if not path.exists():
        raise InputError(f"there is no prompt {part!r} for language {language!r}", where=str(path))
    return Template(path.read_text(encoding="utf-8").strip())


def fill_prompt(part: str, language: Language, **slots: str) -> str:
    """Return a prompt with its slots filled. Raises KeyError for a slot without a value."""
    return load_prompt(part, language).substitute(slots)
