"""Role flips: client messages that belong in a counselor's mouth.

Rules over cue words; they catch the plain cases. A message counts once, however many kinds it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from agents.hearing.discourse import Ask, Move, classify
from agents.text import content_words, split_sentences
from agents.transcript import Speaker, Transcript
from evaluators.realism.cues import shows
from personas.distortions import score_distortions
from personas.schema import Language

_YOU = re.compile(r"\b(you|your|yourself)\b|[您你]", re.IGNORECASE)
_COUNSELOR_ASKS = frozenset(
    {
        Ask.RATING,
        Ask.EVIDENCE_AGAINST,
        Ask.EVIDENCE_FOR,
        Ask.ALTERNATIVE,
        Ask.MEANING,
        Ask.CORE,
        Ask.FEELING,
        Ask.THOUGHT,
    }
)
_ECHO_WORDS = 5
_ECHO_SHARE = 0.6


class Flip(StrEnum):
    """A kind of role flip."""

    ADVISES = "advises"
    ECHOES = "echoes"
    PRAISES = "praises"


def find_flips(transcript: Transcript, language: Language) -> Iterator[frozenset[Flip]]:
    """Yield the kinds of role flip of every client message, mostly none.

    `advises`: a sentence that tells the counselor ("you") what to do, or asks it what a counselor
    asks; a rule of life in the general "you" ("you have to be perfect") voices a distortion and is
    left out. `echoes`: at least five content words, and three in five of all, are the counselor's
    last message's and no client's before it. `praises`: flattery by cue words.
    """
    own: set[str] = set()
    asked = ""
    for turn in transcript:
        if turn.speaker is Speaker.COUNSELOR:
            asked = turn.text
            continue
        kinds = {Flip.ECHOES} if _echoes(turn.text, asked, own) else set()
        for sentence in split_sentences(turn.text):
            kinds.update(_flips_in(sentence, language))
        own |= content_words(turn.text)
        yield frozenset(kinds)


def _flips_in(sentence: str, language: Language) -> Iterator[Flip]:
    if shows(language, "praise", sentence):
        yield Flip.PRAISES
    if shows(language, "advice", sentence) or _advises(sentence, language):
        yield Flip.ADVISES


def _advises(sentence: str, language: Language) -> bool:
    if not _YOU.search(sentence) or shows(language, "no_advice", sentence):
        return False
    moves, ask = classify(sentence, language)
    if ask in _COUNSELOR_ASKS:
        return True
    return Move.ADVICE in moves and not score_distortions(sentence, language)


def _echoes(text: str, asked: str, own: set[str]) -> bool:
    mine = content_words(text)
    borrowed = (mine & content_words(asked)) - own
    return len(borrowed) >= _ECHO_WORDS and len(borrowed) >= _ECHO_SHARE * len(mine)
