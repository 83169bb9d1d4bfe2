"""Ratings that clients state in words or digits."""

from __future__ import annotations

import re

from agents.hearing.discourse import Ask, classify_ask
from agents.text import split_sentences
from agents.transcript import Speaker, Transcript
from evaluators.scripted.cues import load_cue, load_section, shows, straighten
from personas.schema import Language

_OF_TEN = re.compile(
    r"\b(to|of) (ten|10)\b|(到|至|满分是?)(十|10)(?![\d一二三四五六七八九])", re.IGNORECASE
)


def stated_ratings(transcript: Transcript, language: Language) -> list[tuple[int, float]]:
    """Return (turn index, rating 0..100) of each client message that answers a rating question.

    The last number of a message counts ("Ninety? It's lower now. Maybe seventy."); ratings out of
    ten are multiplied by ten.
    """
    ratings = []
    for i in range(1, len(transcript)):
        asked, answer = transcript[i - 1], transcript[i]
        if answer.speaker is not Speaker.CLIENT or not _rates(asked.text, language):
            continue
        number = last_number(answer.text, language)
        if number is not None:
            out_of_ten = number <= 10 and _OF_TEN.search(f"{asked.text} {answer.text}")
            ratings.append((i, number * 10 if out_of_ten else number))
    return ratings


def _rates(text: str, language: Language) -> bool:
    return any(asks_rating(part, language) for part in split_sentences(text))


def asks_rating(sentence: str, language: Language) -> bool:
    """Tell whether a sentence asks for a rating, or takes a stated one up again ("that eighty")."""
    ask = classify_ask(sentence, language)
    if ask in {Ask.RATING, Ask.NONE}:
        return ask is Ask.RATING
    return shows(language, "recheck", sentence) and last_number(sentence, language) is not None


def last_number(text: str, language: Language) -> float | None:
    """Return the last number of 0 to 100 in a text, in digits or words, or `None`."""
    text = straighten(text)
    values: dict[str, int] = load_section(language, "numbers")["values"]
    found = [
        (match.start(), float(match[1]))
        for match in load_cue(language, "numbers", "digits").finditer(text)
        if int(match[1]) <= 100
    ]
    for match in load_cue(language, "numbers", "words").finditer(text):
        parts = [part.lower() for part in match.groups() if part]
        found.append((match.start(), float(sum(values[part] for part in parts))))
    return max(found)[1] if found else None
