"""The outside rater of mood: sees only what the client says, early in the session or late in it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from agents.hearing.lexicon import matches
from agents.text import count_words
from agents.transcript import Speaker, Transcript
from evaluators.panas import round_halves
from evaluators.scale import load_scale
from evaluators.scripted.cues import load_cue, straighten
from evaluators.scripted.exchanges import is_unwilling
from evaluators.scripted.numbers import stated_ratings
from evaluators.verdict import PanasReading
from personas.distortions import score_distortions
from personas.schema import Language

Moment = Literal["before", "after"]
_FEWEST_TURNS = 3
_PAINS = ("shame", "fear", "anger", "unrest", "low")
_LIFTS = ("pride", "vigour", "interest", "ease")

# What each word leans on, beyond the level of its half: (theme, weight in scale points).
_LEANINGS: dict[str, tuple[str, float]] = {
    "guilty": ("shame", 1.2),
    "ashamed": ("shame", 1.2),
    "scared": ("fear", 1.2),
    "afraid": ("fear", 1.2),
    "nervous": ("unrest", 0.8),
    "jittery": ("unrest", 1.0),
    "hostile": ("anger", 1.2),
    "irritable": ("anger", 1.2),
    "distressed": ("low", 0.8),
    "upset": ("low", 0.6),
    "proud": ("pride", 1.0),
    "strong": ("pride", 0.6),
    "determined": ("vigour", 0.8),
    "active": ("vigour", 0.6),
    "interested": ("interest", 0.8),
    "attentive": ("interest", 0.4),
    "inspired": ("ease", 0.6),
    "enthusiastic": ("vigour", 0.4),
    "excited": ("ease", 0.3),
}
_EASE = {
    "distressed": 0.4,
    "upset": 0.3,
    "hostile": -0.7,
    "ashamed": -0.3,
    "guilty": -0.3,
    "scared": -0.2,
    "attentive": 0.5,
    "interested": 0.4,
    "alert": 0.3,
    "proud": -0.5,
    "excited": -0.5,
    "inspired": -0.3,
}


@dataclass(frozen=True)
class _Impression:
    """How one part of the session sounds; themes and shares are 0..1 of the client's turns."""

    themes: dict[str, float]
    pain: float
    lift: float
    balance: float
    hostility: float
    talk: float
    rating: float | None


def observe(transcript: Transcript, language: Language, moment: Moment) -> PanasReading:
    """Return the mood heard in the first ("before") or last ("after") third of the client's turns.

    With fewer than three client turns in that third all items are missing.
    """
    part = find_part(transcript, moment)
    if not part:
        return PanasReading("observer", (None,) * len(load_scale("panas").items))
    return observe_part(transcript, part, language, moment)


def observe_part(
    transcript: Transcript, part: list[int], language: Language, moment: Moment
) -> PanasReading:
    """Return the mood heard in the client messages at these places; `moment` picks the rating."""
    impression = _listen(transcript, part, language, moment)
    return PanasReading("observer", round_halves(_item_scores(impression)))


def find_part(transcript: Transcript, moment: Moment) -> list[int]:
    """Return where the client speaks in that third of its messages; nothing below three messages."""
    spoken = [i for i, turn in enumerate(transcript) if turn.speaker is Speaker.CLIENT]
    third = ceil(len(spoken) / 3)
    part = spoken[:third] if moment == "before" else spoken[-third:]
    return part if len(part) >= _FEWEST_TURNS else []


def _listen(
    transcript: Transcript, part: list[int], language: Language, moment: Moment
) -> _Impression:
    texts = [straighten(transcript[i].text) for i in part]
    themes = {name: _share(texts, language, name) for name in (*_PAINS, *_LIFTS)}
    heard = [matches(language, "client", text) for text in texts]
    sore = sum(is_unwilling(text, language) for text in texts) / len(texts)
    themes["anger"] = min(1.0, themes["anger"] + sore)
    gloomy = sum(bool(score_distortions(text, language)) for text in texts) / len(texts)
    ratings = [value for i, value in stated_ratings(transcript, language) if i in part]
    return _Impression(
        themes=themes,
        pain=min(1.0, sum(themes[name] for name in _PAINS) + 0.5 * gloomy),
        lift=min(1.0, sum(themes[name] for name in _LIFTS)),
        balance=sum("balance" in names for names in heard) / len(texts),
        hostility=sore,
        talk=min(1.0, sum(count_words(text) for text in texts) / len(texts) / 20),
        rating=(ratings[0] if moment == "before" else ratings[-1]) if ratings else None,
    )


def _share(texts: list[str], language: Language, theme: str) -> float:
    """Return the share of turns in which a theme is voiced, and not denied."""
    cue, negated = load_cue(language, "affect", theme), load_cue(language, "affect", "negated")
    voiced = sum(
        any(not negated.search(text[: match.start()]) for match in cue.finditer(text))
        for text in texts
    )
    return voiced / len(texts)


def _item_scores(heard: _Impression) -> list[float]:
    """Return item scores on 1..5: the level of each half, and each word's own leaning."""
    rated = 0.0 if heard.rating is None else (heard.rating - 55) / 50
    levels = {
        "negative": 2.9 + 1.3 * heard.pain - 0.9 * heard.lift - 0.7 * heard.balance
        + 0.4 * heard.hostility + 0.5 * rated,
        "positive": 1.7 + 1.1 * heard.lift + 0.7 * heard.balance + 0.3 * heard.talk
        - 0.3 * heard.pain - 0.5 * heard.hostility - 0.4 * rated,
    }  # fmt: skip
    scores = []
    for item in load_scale("panas").items:
        theme, weight = _LEANINGS.get(item.id, ("", 0.0))
        leaning = weight * (heard.themes.get(theme, 0.0) - 0.25)
        scores.append(levels[item.part] + _EASE.get(item.id, 0.0) + leaning)
    return scores
