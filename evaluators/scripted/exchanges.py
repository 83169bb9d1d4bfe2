"""A session as exchanges: a counselor message as heard, what came before it, and the answer."""

from __future__ import annotations

from dataclasses import dataclass

from agents.hearing.discourse import Ask, Heard, HeardSentence, Move, hear_at
from agents.hearing.echo import mirror
from agents.hearing.lexicon import matches
from agents.text import (
    content_words,
    count_words,
    join_sentences,
    similarity,
    split_sentences,
    words,
)
from agents.transcript import Speaker, Transcript
from evaluators.scripted.cues import load_cue, shows, straighten
from evaluators.scripted.numbers import asks_rating
from personas.schema import Language

_COPIED = 0.8
_SAME_SENTENCE = 0.8
_SUBSTANCE_WORDS = 4
_ECHO_WORDS = 3


@dataclass(frozen=True)
class Exchange:
    """One counselor message (`index` in the transcript) with its surroundings.

    `answer_index` is `None` and `answer` empty where the session ended on the counselor. `fresh`
    are the sentences that the counselor had not said before, that name no technique and echo nothing:
    only they can count as skill. `echoed` are the client's sentences said back as they were. `copied`
    tells that the message hands the client's words back, or repeats an earlier one.
    """

    index: int
    heard: Heard
    fresh: tuple[HeardSentence, ...]
    echoed: tuple[HeardSentence, ...]
    before: str
    answer: str
    answer_index: int | None
    copied: bool

    @property
    def grounded(self) -> float:
        """Return the highest overlap (0 to 1) of a fresh sentence with the client's words."""
        return max((part.grounded for part in self.fresh), default=0.0)


def split_exchanges(transcript: Transcript, language: Language) -> list[Exchange]:
    """Return the exchanges in order; a greeting before the client has spoken is none."""
    exchanges = []
    said: list[str] = []
    for i, turn in enumerate(transcript):
        if turn.speaker is not Speaker.COUNSELOR:
            continue
        before = _last_client_text(transcript, i)
        if before:
            exchanges.append(_exchange(transcript, i, before, said, language))
        said.extend(split_sentences(turn.text))
    return exchanges


def _last_client_text(transcript: Transcript, index: int) -> str:
    earlier = reversed(transcript[:index])
    return next((turn.text for turn in earlier if turn.speaker is Speaker.CLIENT), "")


def _exchange(
    transcript: Transcript, index: int, before: str, said: list[str], language: Language
) -> Exchange:
    heard = hear_at(transcript, index, language)
    repeated = heard.moves & {Move.PARROT, Move.REPETITION}
    echoed = _find_echoes(heard, before, language)
    answered = index + 1 < len(transcript) and transcript[index + 1].speaker is Speaker.CLIENT
    return Exchange(
        index=index,
        heard=heard,
        fresh=tuple(p for p in heard.sentences if p not in echoed and _is_fresh(p, said)),
        echoed=echoed,
        before=before,
        answer=transcript[index + 1].text if answered else "",
        answer_index=index + 1 if answered else None,
        copied=bool(repeated) or _is_copy(heard.text, before),
    )


def _is_fresh(sentence: HeardSentence, said: list[str]) -> bool:
    if Move.JARGON in sentence.moves:
        return False
    return not any(similarity(sentence.text, earlier) >= _SAME_SENTENCE for earlier in said)


def _find_echoes(heard: Heard, before: str, language: Language) -> tuple[HeardSentence, ...]:
    """Return the sentences that say the client's back as they were, if that is an echo.

    One sentence about the world may be picked up word for word; a sentence with the client's own "I"
    in it, or two sentences running, may not.
    """
    said = {words(part) for part in split_sentences(before)}
    same = tuple(
        part for part in heard.sentences if content_words(part.text) and words(part.text) in said
    )
    long_enough = sum(count_words(part.text) for part in same) >= _ECHO_WORDS
    raw = len(same) > 1 or any(shows(language, "self", part.text) for part in same)
    return same if raw and long_enough else ()


def _is_copy(text: str, said: str) -> bool:
    """Tell whether a message is the client's own, word for word or with I and you exchanged."""
    mine = words(text)
    theirs = set(words(said)) | set(words(mirror(said, flip_you=True)))
    return (
        count_words(text) >= _SUBSTANCE_WORDS
        and sum(word in theirs for word in mine) / len(mine) >= _COPIED
    )


def is_substantive(answer: str, language: Language) -> bool:
    """Tell whether an answer gives something: four words with content, and no refusal or attack."""
    given = join_sentences(
        tuple(part for part in split_sentences(answer) if not shows(language, "empty", part))
    )
    if count_words(given) < _SUBSTANCE_WORDS or not content_words(given):
        return False
    return not is_unwilling(answer, language)


def is_unwilling(text: str, language: Language) -> bool:
    """Tell whether a client's message refuses or turns on the counselor."""
    plain = load_cue(language, "talk", "mild").sub("", straighten(text))
    heard = matches(language, "client", plain) & {"refusal", "hostile"}
    return bool(heard) or shows(language, "balks", plain)


def answered_with_substance(exchange: Exchange, language: Language) -> bool:
    """Tell whether the client took the question up. To find nothing is an answer to no one."""
    stuck = "stuck" in matches(language, "client", exchange.answer)
    return is_substantive(exchange.answer, language) and not (
        stuck and count_words(exchange.answer) < 12
    )


def questions_of(exchange: Exchange, language: Language) -> list[tuple[Ask, HeardSentence]]:
    """Return what the fresh sentences of a message ask, and where."""
    asks = [(_ask_of(part, language), part) for part in exchange.fresh]
    return [(ask, part) for ask, part in asks if ask is not Ask.NONE]


def _ask_of(part: HeardSentence, language: Language) -> Ask:
    if asks_rating(part.text, language):
        return Ask.RATING
    if part.ask in {Ask.OTHER, Ask.STORY} and shows(language, "against_it", part.text):
        return Ask.EVIDENCE_AGAINST
    if part.ask in {Ask.OTHER, Ask.STORY, Ask.EVIDENCE_FOR} and shows(
        language, "for_it", part.text
    ):
        return Ask.EVIDENCE_FOR
    told = part.ask is Ask.EVIDENCE_FOR and shows(language, "story_like", part.text)
    return Ask.STORY if told else part.ask
