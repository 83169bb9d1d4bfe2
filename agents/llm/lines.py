"""Short prompt lines by name, many in one prompt file: `name: text with $slots`, one a line."""

from __future__ import annotations

from functools import cache
from string import Template

from agents.prompts import load_prompt
from personas.schema import Language


@cache
def load_lines(part: str, language: Language) -> dict[str, Template]:
    """Return the lines of `prompts/<language>/<part>.txt` by name; blank lines are skipped."""
    rows = (row for row in load_prompt(part, language).template.splitlines() if row.strip())
    pairs = (row.partition(": ") for row in rows)
    return {name: Template(text) for name, _, text in pairs}
