"""Model families: who is related to whom. A judge tends to like what its own family writes."""

from __future__ import annotations

import re

_FAMILIES = {
    "gpt": r"gpt|o[134](-|$)|chatgpt|davinci",
    "claude": r"claude",
    "gemini": r"gemini|gemma",
    "llama": r"llama|vicuna",
    "qwen": r"qwen|qwq",
    "mistral": r"mi[sx]tral|ministral|magistral",
    "deepseek": r"deepseek",
    "glm": r"glm",
    "phi": r"phi-?\d",
    "yi": r"yi-",
    "internlm": r"internlm",
    "baichuan": r"baichuan",
    "grok": r"grok",
}


def infer_family(model: str) -> str:
    """Return the family that a model's name tells, empty where it tells none.

    The last part of a path counts, and in it the family that is named first; for a distilled or
    renamed model say `family` in `[models]`.
    """
    name = model.strip("/").rpartition("/")[2].lower()
    found = [
        (match.start(), family)
        for family, pattern in _FAMILIES.items()
        if (match := re.search(rf"(?<![a-z])(?:{pattern})", name))
    ]
    return min(found)[1] if found else ""
