"""PANAS: its sums, and the client's own report read from the mind."""

from __future__ import annotations

import random
from collections.abc import Sequence

from evaluators.scale import load_scale
from evaluators.verdict import PanasReading
from personas.schema import Attitude, Distortion, Persona, Resistance

POSITIVE = tuple(i for i, item in enumerate(load_scale("panas").items) if item.part == "positive")
NEGATIVE = tuple(i for i, item in enumerate(load_scale("panas").items) if item.part == "negative")
_PLACE = {item.id: i for i, item in enumerate(load_scale("panas").items)}

# How readily each word is endorsed at the same level of affect, in scale points.
_EASE = {
    "distressed": 0.5,
    "upset": 0.4,
    "nervous": 0.3,
    "irritable": 0.1,
    "jittery": 0.0,
    "afraid": -0.1,
    "scared": -0.2,
    "guilty": 0.0,
    "ashamed": -0.1,
    "hostile": -0.6,
    "attentive": 0.4,
    "interested": 0.4,
    "alert": 0.3,
    "determined": 0.2,
    "active": 0.0,
    "strong": -0.1,
    "inspired": -0.2,
    "enthusiastic": -0.3,
    "excited": -0.3,
    "proud": -0.4,
}
_SHAME = {Distortion.PERSONALIZATION, Distortion.SHOULD_STATEMENTS, Distortion.LABELING}
_FEAR = {
    Distortion.CATASTROPHIZING,
    Distortion.FORTUNE_TELLING,
    Distortion.MIND_READING,
    Distortion.JUMPING_TO_CONCLUSIONS,
}
_ANGER = {Distortion.BLAMING, Distortion.CONTROL_FALLACY}
_TINT = 1.0
_TENSE = {"hostile": 0.8, "irritable": 0.8, "jittery": 0.5, "nervous": 0.3}
_GUARDED = 0.85
_LASTING_JITTER = 0.4
_FLEETING_JITTER = 0.1


def panas_sums(reading: PanasReading) -> tuple[float | None, float | None]:
    """Return the sums (positive, negative), each 10 to 50.

    A half with any item missing is `None`: a sum of nine words is not the sum the norms are for.
    """
    return _sum_of(reading, POSITIVE), _sum_of(reading, NEGATIVE)


def panas_means(reading: PanasReading) -> tuple[float | None, float | None]:
    """Return the item means (positive, negative), each 1 to 5; `None` as in `panas_sums`."""
    positive, negative = panas_sums(reading)
    return (
        None if positive is None else positive / len(POSITIVE),
        None if negative is None else negative / len(NEGATIVE),
    )


def _sum_of(reading: PanasReading, half: Sequence[int]) -> float | None:
    scores = [reading.scores[i] for i in half]
    present = [float(score) for score in scores if score is not None]
    return sum(present) if len(present) == len(scores) else None


def mind_reading(distress: float, hope: float, tension: float, persona: Persona) -> PanasReading:
    """Return what the client feels: no guarding, no jitter (reader `mind`).

    `distress`, `hope` and `tension` are 0..100. At tension 0 the negative sum is 10 + 0.32 distress
    and the positive sum 14 + 0.275 hope, so that distress 75 and hope 25 give 34 and 21 (a
    distressed sample), and distress 25 and hope 65 give 18 and 32.
    """
    return PanasReading("mind", round_halves(_true_scores(distress, hope, tension, persona)))


def report_from_mind(
    distress: float, hope: float, tension: float, persona: Persona, seed: int, moment: str
) -> PanasReading:
    """Return the client's own answers, in character (reader `self`).

    Each item carries a jitter of at most 0.4 that stays the same for `seed` (a pre-post difference
    is paired) and one of at most 0.1 that changes with `moment`. Negative clients report guardedly:
    everything 15 % nearer to "not at all".
    """
    lasting = random.Random(f"{persona.id}/{seed}/panas")
    fleeting = random.Random(f"{persona.id}/{seed}/panas/{moment}")
    open_share = _GUARDED if persona.attitude is Attitude.NEGATIVE else 1.0
    scores = [
        1 + (score - 1) * open_share
        + lasting.uniform(-_LASTING_JITTER, _LASTING_JITTER)
        + fleeting.uniform(-_FLEETING_JITTER, _FLEETING_JITTER)
        for score in _true_scores(distress, hope, tension, persona)
    ]  # fmt: skip
    return PanasReading("self", round_halves(scores))


def _true_scores(distress: float, hope: float, tension: float, persona: Persona) -> list[float]:
    offsets = _item_offsets(persona)
    levels = {"negative": 1.0 + 0.032 * distress, "positive": 1.4 + 0.0275 * hope}
    scores = []
    for i, item in enumerate(load_scale("panas").items):
        level = levels[item.part]
        spread = min(1.0, level - 1.0)
        tense = _TENSE.get(item.id, 0.0) * tension / 100
        scores.append(level + offsets[i] * spread + tense)
    return scores


def _item_offsets(persona: Persona) -> list[float]:
    """Return per-item offsets with mean 0 in each half: the profile, not the level."""
    raw = [_EASE[item.id] for item in load_scale("panas").items]
    for word, weight in _tints(persona).items():
        raw[_PLACE[word]] += weight
    for half in (POSITIVE, NEGATIVE):
        middle = sum(raw[i] for i in half) / len(half)
        for i in half:
            raw[i] -= middle
    return raw


def _tints(persona: Persona) -> dict[str, float]:
    strongest = dict.fromkeys(Distortion, 0.0)
    for thought in persona.profile.thoughts:
        strongest[thought.distortion] = max(strongest[thought.distortion], thought.strength / 100)
    shame = _TINT * max(strongest[d] for d in _SHAME)
    fear = _TINT * max(strongest[d] for d in _FEAR)
    hostile = persona.attitude is Attitude.NEGATIVE or persona.resistance is Resistance.HOSTILITY
    anger = _TINT * max(float(hostile), *(strongest[d] for d in _ANGER))
    return {
        "guilty": shame, "ashamed": shame, "proud": -shame / 2,
        "scared": fear, "afraid": fear, "nervous": fear,
        "hostile": anger, "irritable": anger,
    }  # fmt: skip


def round_halves(scores: Sequence[float]) -> tuple[int, ...]:
    """Return whole scores of 1 to 5 whose sum in each half is the sum of `scores`, rounded once.

    The largest fractions are rounded up, so that ten small roundings do not add up to a bias.
    """
    kept = [min(5.0, max(1.0, score)) for score in scores]
    whole = [int(score) for score in kept]
    for half in (POSITIVE, NEGATIVE):
        owed = round(sum(kept[i] for i in half)) - sum(whole[i] for i in half)
        for i in sorted(half, key=lambda i: whole[i] - kept[i])[:owed]:
            whole[i] += 1
    return tuple(whole)
