"""What a counselor's message does: moves, what it asks, and how it relates to the client's words.

Both the client's mind (how does this land?) and the scripted rater (was this skilful?) listen
through this module, as two people would hear the same sentence and make different things of it.
Move names follow the helping-skills and MITI traditions; cues stand in `lexicons/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from agents.hearing.lexicon import load_cues, matches
from agents.text import (
    content_words,
    count_words,
    share_in,
    similarity,
    split_sentences,
    words,
    words_in,
)
from agents.transcript import Speaker, Transcript
from personas.schema import Language


class Move(StrEnum):
    """What one counselor sentence does."""

    REFLECTION = "reflection"
    RESTATEMENT = "restatement"
    VALIDATION = "validation"
    PRAISE = "praise"
    OPEN_QUESTION = "open_question"
    CLOSED_QUESTION = "closed_question"
    EVIDENCE_QUESTION = "evidence_question"
    ADVICE = "advice"
    INFORMATION = "information"
    LECTURE = "lecture"
    PLATITUDE = "platitude"
    PERSUASION = "persuasion"
    ATTACK = "attack"
    SELF_DISCLOSURE = "self_disclosure"
    NEGOTIATION = "negotiation"
    SUMMARY = "summary"
    AGENDA = "agenda"
    FEEDBACK = "feedback"
    HOMEWORK = "homework"
    JARGON = "jargon"
    PARROT = "parrot"
    REPETITION = "repetition"


class Ask(StrEnum):
    """What a question is after. `NONE` when nothing was asked."""

    SAFETY = "safety"
    RATING = "rating"
    PLAN = "plan"
    CHOICE = "choice"
    EVIDENCE_AGAINST = "evidence_against"
    EVIDENCE_FOR = "evidence_for"
    ALTERNATIVE = "alternative"
    OUTCOME = "outcome"
    FEEDBACK = "feedback"
    CORE = "core"
    MEANING = "meaning"
    FEELING = "feeling"
    THOUGHT = "thought"
    AGENDA = "agenda"
    STORY = "story"
    OTHER = "other"
    NONE = "none"


EVIDENCE_ASKS = frozenset({Ask.EVIDENCE_FOR, Ask.EVIDENCE_AGAINST, Ask.OUTCOME, Ask.ALTERNATIVE})
_OPENERS = (
    "what",
    "how",
    "why",
    "where",
    "when",
    "who",
    "which",
    "tell",
    "say",
    "describe",
    "in what",
)
_OPENERS_ZH = ("什么", "怎么", "怎样", "哪", "谁", "多少", "如何", "为什么", "几", "说说", "讲讲")
_INVITES = (
    "tell me", "say more", "walk me", "go on", "describe",
    "说说", "讲讲", "聊聊", "跟我说", "跟我讲", "您说说", "您讲讲", "多说", "再说说", "您再说",
    "您慢慢说", "接着说", "往下说", "举个例",
)  # fmt: skip
_LECTURE_WORDS = 45
_GROUNDED = 0.34
_OWN_WORDS = 0.6
_PARROT = 0.8
_REPEATED = 0.85


@dataclass(frozen=True)
class HeardSentence:
    """One counselor sentence with its moves, what it asks, and its overlap (0 to 1) with the client."""

    text: str
    moves: frozenset[Move]
    ask: Ask
    grounded: float


@dataclass(frozen=True)
class Heard:
    """One counselor message as heard: its sentences, all moves, the question that counts."""

    text: str
    sentences: tuple[HeardSentence, ...]
    moves: frozenset[Move]
    ask: Ask
    questions: int
    word_count: int
    grounded: float


def hear(transcript: Transcript, language: Language) -> Heard:
    """Return what the last counselor message of a transcript does, in its context."""
    index = max(i for i, turn in enumerate(transcript) if turn.speaker is Speaker.COUNSELOR)
    return hear_at(transcript, index, language)


def hear_at(transcript: Transcript, index: int, language: Language) -> Heard:
    """Return what the counselor message at a position does, given all that was said before it."""
    client, own = _said_before(transcript, index)
    return _hear(transcript[index].text, client, own, language)


def _said_before(transcript: Transcript, index: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the client's messages before a position, and the counselor's last eight."""
    before = transcript[:index]
    client = tuple(turn.text for turn in before if turn.speaker is Speaker.CLIENT)
    return client, tuple(turn.text for turn in before if turn.speaker is Speaker.COUNSELOR)[-8:]


@lru_cache(maxsize=512)
def _hear(text: str, client: tuple[str, ...], own: tuple[str, ...], language: Language) -> Heard:
    recent, whole = words_in(client[-3:]), words_in(client)
    sentences = tuple(
        _hear_sentence(part, recent, whole, language) for part in split_sentences(text)
    )
    return _gather(text, sentences, client, own)


def _gather(
    text: str, sentences: tuple[HeardSentence, ...], client: tuple[str, ...], own: tuple[str, ...]
) -> Heard:
    """Return the message made of these sentences."""
    asks: list[Ask] = [sentence.ask for sentence in sentences if sentence.ask is not Ask.NONE]
    moves = (
        frozenset().union(*(sentence.moves for sentence in sentences)) if sentences else frozenset()
    )
    return Heard(
        text=text,
        sentences=sentences,
        moves=moves | _whole_message_moves(text, client, own, moves),
        ask=_strongest(asks),
        questions=len(asks),
        word_count=count_words(text),
        grounded=max((sentence.grounded for sentence in sentences), default=0.0),
    )


def _strongest(asks: list[Ask]) -> Ask:
    telling = [ask for ask in asks if ask is not Ask.OTHER]
    if telling:
        return telling[-1]
    return Ask.OTHER if asks else Ask.NONE


def _hear_sentence(
    text: str, recent: frozenset[str], whole: frozenset[str], language: Language
) -> HeardSentence:
    plain, ask = classify(text, language)
    grounded = share_in(text, recent)
    moves = set(plain)
    shared = content_words(text) & recent
    if ask is Ask.NONE and (len(shared) >= 2 or (shared and grounded >= _GROUNDED)):
        moves.add(Move.RESTATEMENT)
    if share_in(text, whole) >= _OWN_WORDS:
        moves -= {Move.PERSUASION, Move.ADVICE}  # quoting a client's thought is not arguing for it
    return HeardSentence(text, frozenset(moves), ask, grounded)


@lru_cache(maxsize=4096)
def classify(sentence: str, language: Language) -> tuple[frozenset[Move], Ask]:
    """Return the moves of a sentence by its own words, and what it asks."""
    found = {Move(name) for name in matches(language, "moves", sentence) if name != "thanks"}
    ask = classify_ask(sentence, language)
    if ask is Ask.NONE:
        return frozenset(found), ask
    found -= {Move.PERSUASION, Move.INFORMATION}
    if ask in EVIDENCE_ASKS:
        found.add(Move.EVIDENCE_QUESTION)
    opens = (
        sentence.lower().lstrip("\"'“ ").startswith(_OPENERS)
        or " what " in sentence
        or " how " in sentence
        or any(word in sentence for word in _OPENERS_ZH)
    )
    found.add(Move.OPEN_QUESTION if opens else Move.CLOSED_QUESTION)
    return frozenset(found), ask


def classify_ask(sentence: str, language: Language) -> Ask:
    """Return what a sentence asks; the first matching kind in the order of `Ask` counts."""
    is_question = sentence.rstrip("\"'”」 ").endswith(("?", "？"))
    invites = sentence.lower().startswith(_INVITES)
    if not is_question and not invites:
        return Ask.NONE
    cues = load_cues(language, "asks")
    hits = matches(language, "asks", sentence)
    return next((Ask(name) for name in Ask if name in cues and name in hits), Ask.OTHER)


def _whole_message_moves(
    text: str, client: tuple[str, ...], own: tuple[str, ...], moves: frozenset[Move]
) -> frozenset[Move]:
    found = set()
    if client and _copies(text, client[-1]):
        found.add(Move.PARROT)
    if any(similarity(text, earlier) >= _REPEATED for earlier in own):
        found.add(Move.REPETITION)
    tells = bool(
        moves & {Move.ADVICE, Move.INFORMATION, Move.JARGON, Move.PERSUASION, Move.PLATITUDE}
    )
    if count_words(text) >= _LECTURE_WORDS and tells:
        found.add(Move.LECTURE)
    return frozenset(found)


def _copies(text: str, said: str) -> bool:
    mine = words(text)
    theirs = set(words(said))
    return count_words(text) >= 4 and sum(word in theirs for word in mine) / len(mine) >= _PARROT
