"""The client's part: the thoughts that weigh most, a view of their own, ratings that fell."""

from __future__ import annotations

from itertools import pairwise

from agents.hearing.discourse import Ask, classify_ask
from agents.hearing.lexicon import count, matches
from agents.text import content_words, count_words, split_sentences
from agents.transcript import Speaker, Transcript
from evaluators.scripted.cues import load_cue, shows, straighten
from evaluators.scripted.numbers import stated_ratings
from evaluators.verdict import Evidence
from personas.distortions import score_distortions
from personas.schema import Language

_KEYS = 3
_SHORTEST = 4
_OWN_VIEW = 7
_CLEAR_FALL = 15
_ASKED_FOR = {Ask.THOUGHT: 2.0, Ask.MEANING: 2.0, Ask.CORE: 3.0}


def key_thoughts(transcript: Transcript, language: Language) -> tuple[Evidence, ...]:
    """Return up to three sentences of the client's that carry most, in the order they were said.

    Absolute words, the first person and feeling weigh, and so does being the answer to a question
    for the thought or for what it means.
    """
    weighed = [
        (_load(sentence, language) + _asked_weight(transcript, i, language), -i, sentence)
        for i, turn in enumerate(transcript)
        if turn.speaker is Speaker.CLIENT
        for sentence in split_sentences(turn.text)
        if count_words(sentence) >= _SHORTEST and not sentence.endswith(("?", "？"))
    ]
    heaviest = sorted(weighed, reverse=True)[:_KEYS]
    return tuple(
        Evidence(-turn, text)
        for weight, turn, text in sorted(heaviest, key=lambda w: -w[1])
        if weight > 0
    )


def _load(sentence: str, language: Language) -> float:
    text = straighten(sentence)
    if matches(language, "client", text) & {"refusal", "hostile"} or not content_words(text):
        return -10.0
    absolute = min(2, len(load_cue(language, "talk", "absolute").findall(text)))
    return (
        absolute
        + shows(language, "self", text)
        + min(2, count(language, "emotions", "negative", text))
    )


def _asked_weight(transcript: Transcript, index: int, language: Language) -> float:
    if index == 0 or transcript[index - 1].speaker is not Speaker.COUNSELOR:
        return 0.0
    asks = (classify_ask(part, language) for part in split_sentences(transcript[index - 1].text))
    return max((_ASKED_FOR.get(ask, 0.0) for ask in asks), default=0.0)


def voices_balance(sentence: str, language: Language) -> bool:
    """Tell whether a client's sentence weighs both sides, or sees something new, in own words."""
    text = straighten(sentence)
    if "stuck" in matches(language, "client", text):
        return False
    return "balance" in matches(language, "client", text) or shows(language, "insight", text)


def concludes(answer: str, ask: Ask, language: Language) -> str:
    """Return the sentence in which an answer reaches a view of the client's own, or "".

    Asked for a wording of their own, any new and undistorted sentence will do; otherwise the answer
    must show that it weighs both sides.
    """
    parts = [part for part in split_sentences(answer) if not shows(language, "empty", part)]
    for sentence in parts:
        if voices_balance(sentence, language):
            return sentence
    if ask is not Ask.ALTERNATIVE or "stuck" in matches(language, "client", answer):
        return ""
    fitting = [part for part in parts if _is_own_view(part, language)]
    return max(fitting, key=len, default="")


def _is_own_view(sentence: str, language: Language) -> bool:
    long_enough = count_words(sentence) >= _OWN_VIEW and not sentence.endswith(("?", "？"))
    return long_enough and not score_distortions(sentence, language)


def falling_ratings(transcript: Transcript, language: Language) -> list[int]:
    """Return the turns in which a rating is stated that lies 15 or more below the one before."""
    ratings = stated_ratings(transcript, language)
    return [
        turn for (_, before), (turn, after) in pairwise(ratings) if before - after >= _CLEAR_FALL
    ]


def rating_drop(transcript: Transcript, language: Language) -> float | None:
    """Return how far the stated ratings fell from the highest of the first half to the last one."""
    ratings = [value for _, value in stated_ratings(transcript, language)]
    if len(ratings) < 2:
        return None
    return max(ratings[: max(1, len(ratings) // 2)]) - ratings[-1]
