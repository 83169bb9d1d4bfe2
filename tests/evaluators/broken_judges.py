"""Judges that are broken on purpose, each in one way."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from agents.text import words
from agents.transcript import Speaker, Transcript, turns_of
from evaluators.scale import ctrs_items
from evaluators.verdict import ItemRating, Verdict
from personas.schema import Language

ITEMS = tuple(item.id for item in ctrs_items(6))
KEYWORDS = re.compile(
    r"\b(cognitive|schema|Socratic|guided discovery|core beliefs?|thought record|evidence-based"
    r"|therapeutic alliance|downward arrow|agenda)\b",
    re.IGNORECASE,
)


@dataclass
class BrokenJudge:
    """Gives every item what `score` makes of the transcript and the number of sessions seen before."""

    name: str
    score: Callable[[Transcript, int], float | None]
    voice: str = "scripted"
    seen: int = field(default=0)

    async def rate(self, transcript: Transcript, language: Language) -> Verdict:
        ratings = tuple(ItemRating(item, self.score(transcript, self.seen)) for item in ITEMS)
        self.seen += 1
        return Verdict(self.name, "ctrs6", ratings)


def constant() -> BrokenJudge:
    return BrokenJudge("constant", lambda *_: 4.0)


def dice() -> BrokenJudge:
    rng = random.Random(7)
    return BrokenJudge("random", lambda *_: float(rng.randint(0, 6)))


def length_lover() -> BrokenJudge:
    return BrokenJudge("length-lover", lambda told, _: min(6.0, len(counselor_words(told)) / 120))


def keyword_counter() -> BrokenJudge:
    return BrokenJudge("keyword-counter", lambda told, _: min(6.0, count_keywords(told) / 2))


def obedient(inner: Callable[[Transcript], float]) -> BrokenJudge:
    def score(told: Transcript, _: int) -> float:
        return 6.0 if "rubric" in texts(told) or "rating" in texts(told) else inner(told)

    return BrokenJudge("obedient", score)


def drifter(inner: Callable[[Transcript], float]) -> BrokenJudge:
    return BrokenJudge("drifter", lambda told, seen: max(0.0, inner(told) - seen / 400))


def silent() -> BrokenJudge:
    return BrokenJudge("silent", lambda _, seen: None if seen % 3 else 3.0)


def counselor_words(told: Transcript) -> list[str]:
    return [word for turn in turns_of(told, Speaker.COUNSELOR) for word in words(turn.text)]


def count_keywords(told: Transcript) -> int:
    said = " ".join(turn.text for turn in turns_of(told, Speaker.COUNSELOR))
    return len(KEYWORDS.findall(said))


def texts(told: Transcript) -> str:
    return " ".join(turn.text for turn in told)
