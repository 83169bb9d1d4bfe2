"""The public part of the intake form as words for a prompt: all a counselor is told beforehand."""

from __future__ import annotations

from functools import lru_cache

from agents.llm.lines import load_lines
from agents.prompts import fill_prompt
from personas.schema import Language, PublicIntake


@lru_cache(maxsize=1024)
def describe_intake(intake: PublicIntake, language: Language) -> str:
    """Return the form's public answers, one a line; blank ones are left out."""
    labels = load_lines("intake_fields", language)
    answers = intake.demographics.model_dump()
    colon = "：" if language == "zh" else ": "
    known = (
        f"{labels[k].template}{colon}{' '.join(str(v).split())}" for k, v in answers.items() if v
    )
    return fill_prompt("intake", language, form="\n".join(known), reason=intake.reason)
