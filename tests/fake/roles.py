"""Who is asked: the prompt files that a system text is made of, recognised by their own words.

No word of a prompt is repeated here, so a prompt can be rewritten without the server noticing.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import agents.prompts
from personas.schema import Language
from tests.fake.request import ChatRequest

FOLDER = Path(agents.prompts.__file__).parent
FEWEST_CHARS = 40

ROLES = {
    "client": "client",
    "appraisal": "appraisal",
    "planner": "planner",
    "supervisor": "supervisor",
    "judge_scale": "judge",
    "judge_flow": "judge",
    "judge_panas": "panas",
    "self_panas": "panas",
    "judge_safety": "safety",
}
"""The role that a prompt file speaks to, by its name; all else that talks is a counselor."""


@cache
def load_heads() -> dict[tuple[str, Language], str]:
    """The text before the first slot of each prompt file that has enough of it, by (part, language)."""
    heads = {}
    for path in sorted(FOLDER.glob("*/*.txt")):
        head = path.read_text(encoding="utf-8").strip().partition("$")[0].strip()
        if len(head) >= FEWEST_CHARS:
            heads[path.stem, path.parent.name] = head
    return heads


@lru_cache(maxsize=10_000)
def find_parts(system: str) -> dict[str, Language]:
    """The prompt files that a system text holds, with their language."""
    return {part: language for (part, language), head in load_heads().items() if head in system}


def find_role(request: ChatRequest) -> str:
    """The role that is asked: `counselor` where it is nobody else, `other` where no prompt is known."""
    parts = find_parts(request.system)
    other = "counselor" if parts else "other"
    return next((ROLES[part] for part in parts if part in ROLES), other)


def find_language(request: ChatRequest) -> Language:
    """The language of the prompts; English where none is known."""
    return next(iter(find_parts(request.system).values()), "en")
