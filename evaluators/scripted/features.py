"""What was done in a session, counted and quotable: the material the scripted rater judges by.

Each act (a short name, see `Act`) holds one piece of evidence per turn in which it was seen, so
that shares are per exchange and long sessions earn nothing by being long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from agents.hearing.discourse import Ask, HeardSentence, Move
from agents.text import content_words, count_words, split_sentences
from agents.transcript import Transcript
from evaluators.scripted.client_work import concludes, falling_ratings, key_thoughts, rating_drop
from evaluators.scripted.cues import shows
from evaluators.scripted.exchanges import (
    Exchange,
    answered_with_substance,
    is_substantive,
    is_unwilling,
    questions_of,
    split_exchanges,
)
from evaluators.scripted.harm import does_harm
from evaluators.scripted.numbers import last_number
from evaluators.verdict import Evidence
from personas.schema import Language


class Act(StrEnum):
    """Something that a counselor did, or that a client did in answer."""

    RESTATED = "restated"  # gave words back in a new sentence
    FELT = "felt"  # named the feeling
    DEEPENED = "deepened"  # named the feeling and tied it to what was said
    CONFIRMED = "confirmed"  # a reflection the client took as right
    VALIDATED = "validated"
    SUMMARISED = "summarised"
    RESPONDED = "responded"  # took up a word of the client's last message
    PRAISED_EMPTILY = "praised_emptily"  # praise tied to nothing the client said
    PLATITUDE = "platitude"
    LECTURED = "lectured"
    PERSUADED = "persuaded"
    ATTACKED = "attacked"
    ADVISED = "advised"
    ADVISED_EARLY = "advised_early"  # advice before any thought had been found
    HARMED = "harmed"  # urged to what harms, or shamed danger
    JARGON = "jargon"
    COPIED = "copied"  # parroted the client or repeated itself
    ECHOED = "echoed"  # said the client's sentences back word for word, before its own
    STACKED = "stacked"  # three questions or more at once
    GRILLED = "grilled"  # a third question in a row without a word that shows listening
    ASKED = "asked"
    ANSWERED = "answered"  # any question taken up by the client
    EXPLORED = "explored"  # an open question taken up by the client
    THOUGHT = "thought"  # thought, meaning or core asked for and told
    MEANING = "meaning"  # meaning or core asked for and told
    FOR = "for"  # facts for the thought asked for and told
    AGAINST = "against"  # facts against it asked for and told
    RECAST = "recast"  # another view or outcome asked for and told
    WEIGHED = "weighed"  # any of the last three
    RATED = "rated"  # a rating asked for and given
    UNANSWERED = "unanswered"  # asked for cognitive work, and got none
    CONCLUDED = "concluded"  # client: a balanced view of their own, in answer to such a question
    SHIFTED = "shifted"  # client: a rating clearly lower than the one before, after weighing
    CENTRAL = "central"  # came back to one of the client's key thoughts
    AGENDA = "agenda"
    FEEDBACK = "feedback"
    CHOICE = "choice"  # offered a choice or asked leave
    HOMEWORK = "homework"  # offered something for the time until next time
    TAILORED = "tailored"  # in the client's own words and world
    EXPLAINED = "explained"  # with what it is for
    AGREED = "agreed"  # the client said yes to it
    STRAINED = "strained"  # client: refused or grew hostile
    REPAIRED = "repaired"  # met with reflection, validation or a choice
    PRESSED = "pressed"  # met with more of the same


@dataclass(frozen=True)
class Features:
    """All that was seen. `exchanges` counts counselor messages after the client's first words."""

    exchanges: int
    acts: Mapping[Act, tuple[Evidence, ...]]
    first: int
    """Index of the first counselor message that counts, 0 if there is none."""
    drop: float | None
    """How far the client's ratings fell, 0..100 (negative: rose); `None` below two ratings."""

    def share(self, *acts: Act) -> float:
        """Return the share (0..1) of exchanges in which any of the acts was seen."""
        turns = {piece.turn for act in acts for piece in self.acts.get(act, ())}
        return min(1.0, len(turns) / self.exchanges) if self.exchanges else 0.0

    def quotes(self, *acts: Act, limit: int = 3) -> tuple[Evidence, ...]:
        """Return up to `limit` pieces of evidence, one act after another, no turn twice."""
        chosen: dict[int, Evidence] = {}
        for act in acts:
            for piece in self.acts.get(act, ())[: max(1, limit - len(chosen))]:
                if len(chosen) < limit:
                    chosen.setdefault(piece.turn, piece)
        return tuple(chosen.values())


Seen = Iterator[tuple[Act, int, str]]


def extract(transcript: Transcript, language: Language) -> Features:
    """Return what was done in a transcript. Raises InputError for a language without cues."""
    exchanges = split_exchanges(transcript, language)
    seen: list[tuple[Act, int, str]] = []
    for place, exchange in enumerate(exchanges):
        seen += _see_listening(exchange, language)
        seen += _see_missteps(exchange, language)
        seen += _see_questions(exchange, language)
        if place * _AGENDA_SHARE < max(len(exchanges), _AGENDA_SHARE * 2):
            seen += _see_agenda(exchange)
        seen += _see_structure(exchange, language)
    seen += _see_key_work(exchanges, transcript, language)
    seen += _see_grilling(exchanges, seen)
    seen += _see_shifts(transcript, seen, language)
    seen += _see_early_advice(exchanges, seen)
    seen += _see_strain(exchanges, language)
    first = exchanges[0].index if exchanges else 0
    return Features(len(exchanges), _gather(seen), first, rating_drop(transcript, language))


def _gather(seen: Iterable[tuple[Act, int, str]]) -> dict[Act, tuple[Evidence, ...]]:
    gathered: dict[Act, dict[int, Evidence]] = {}
    for act, turn, quote in seen:
        gathered.setdefault(act, {}).setdefault(turn, Evidence(turn, quote))
    return {act: tuple(pieces.values()) for act, pieces in gathered.items()}


def _first(parts: Iterable[HeardSentence], *moves: Move) -> HeardSentence | None:
    return next((part for part in parts if part.moves & set(moves)), None)


def _see_listening(exchange: Exchange, language: Language) -> Seen:
    if exchange.copied:
        return
    at = exchange.index
    felt = _first(exchange.fresh, Move.REFLECTION)
    restated = next((part for part in exchange.fresh if _gives_back(part)), None)
    if restated:
        yield Act.RESTATED, at, restated.text
    if felt:
        yield Act.FELT, at, felt.text
        if restated or any(_shares_word(part.text, exchange.before) for part in exchange.fresh):
            yield Act.DEEPENED, at, felt.text
    if (felt or restated) and exchange.answer_index and _confirms(exchange.answer, language):
        yield Act.CONFIRMED, exchange.answer_index, split_sentences(exchange.answer)[0]
    if validated := _first(exchange.fresh, Move.VALIDATION):
        yield Act.VALIDATED, at, validated.text
    if summed := next(_summaries(exchange.fresh), None):
        yield Act.SUMMARISED, at, summed.text
    if taken := next(
        (part for part in exchange.fresh if _shares_word(part.text, exchange.before)), None
    ):
        yield Act.RESPONDED, at, taken.text


_ANNOUNCING_WORDS = 8


def _summaries(parts: tuple[HeardSentence, ...]) -> Iterator[HeardSentence]:
    """Yield what sums up in the client's words: itself, or in the sentence that it announces."""
    for part, after in zip(parts, (*parts[1:], None), strict=False):
        announced = after is not None and after.grounded > 0
        short = count_words(part.text) <= _ANNOUNCING_WORDS
        if Move.SUMMARY in part.moves and (part.grounded > 0 or (short and announced)):
            yield part


def _gives_back(part: HeardSentence) -> bool:
    telling = part.moves & {Move.ADVICE, Move.PERSUASION, Move.PRAISE, Move.PLATITUDE}
    return Move.RESTATEMENT in part.moves and not telling and count_words(part.text) >= 3


def _shares_word(text: str, said: str) -> bool:
    return bool(content_words(text) & content_words(said))


def _confirms(answer: str, language: Language) -> bool:
    return shows(language, "confirm", answer) and not is_unwilling(answer, language)


_MISSTEPS = {
    Act.PLATITUDE: Move.PLATITUDE,
    Act.PERSUADED: Move.PERSUASION,
    Act.ATTACKED: Move.ATTACK,
    Act.JARGON: Move.JARGON,
}
_TEACHING_WORDS = 25


def _see_missteps(exchange: Exchange, language: Language) -> Seen:
    at, heard = exchange.index, exchange.heard
    for act, move in _MISSTEPS.items():
        if part := _first(heard.sentences, move):
            yield act, at, part.text
    if told := next((part for part in heard.sentences if _advises(part, language)), None):
        yield Act.ADVISED, at, told.text
    praise = _first(heard.sentences, Move.PRAISE)
    if praise and praise.grounded < 0.2:
        yield Act.PRAISED_EMPTILY, at, praise.text
    if harmful := next((part for part in heard.sentences if does_harm(part, language)), None):
        yield Act.HARMED, at, harmful.text
    if Move.LECTURE in heard.moves or _teaches(exchange):
        yield Act.LECTURED, at, heard.sentences[0].text
    if exchange.copied:
        yield Act.COPIED, at, heard.sentences[0].text
    if exchange.echoed:
        yield Act.ECHOED, at, exchange.echoed[0].text
    if heard.questions >= 3:
        yield Act.STACKED, at, heard.sentences[-1].text


def _advises(part: HeardSentence, language: Language) -> bool:
    """Tell whether a sentence advises; an offered task or "you must be tired" does not."""
    softened = part.moves & {Move.HOMEWORK, Move.NEGOTIATION, Move.REFLECTION}
    presumed = shows(language, "presumed", part.text)
    return Move.ADVICE in part.moves and not softened and not presumed


def _teaches(exchange: Exchange) -> bool:
    told = [
        part for part in exchange.heard.sentences if part.moves & {Move.INFORMATION, Move.JARGON}
    ]
    return sum(count_words(part.text) for part in told) >= _TEACHING_WORDS


_WEIGHING = frozenset({Ask.EVIDENCE_FOR, Ask.EVIDENCE_AGAINST, Ask.ALTERNATIVE, Ask.OUTCOME})
_COGNITIVE: dict[Ask, tuple[Act, ...]] = {
    Ask.THOUGHT: (Act.THOUGHT,),
    Ask.MEANING: (Act.THOUGHT, Act.MEANING),
    Ask.CORE: (Act.THOUGHT, Act.MEANING),
    Ask.EVIDENCE_FOR: (Act.FOR, Act.WEIGHED),
    Ask.EVIDENCE_AGAINST: (Act.AGAINST, Act.WEIGHED),
    Ask.ALTERNATIVE: (Act.RECAST, Act.WEIGHED),
    Ask.OUTCOME: (Act.RECAST, Act.WEIGHED),
    Ask.RATING: (Act.RATED,),
}


def _see_questions(exchange: Exchange, language: Language) -> Seen:
    questions = questions_of(exchange, language)
    if not questions:
        return
    at, last = exchange.index, questions[-1][1].text
    taken_up = answered_with_substance(exchange, language)
    yield Act.ASKED, at, last
    if not taken_up:
        return
    yield Act.ANSWERED, at, last
    if opened := _first((part for _, part in questions), Move.OPEN_QUESTION):
        yield Act.EXPLORED, at, opened.text


def _see_thought_work(exchange: Exchange, told: bool, language: Language) -> Seen:
    """Yield the cognitive questions; weighing needs a thought that was `told` before."""
    taken_up = answered_with_substance(exchange, language)
    for ask, part in questions_of(exchange, language):
        if ask in _WEIGHING and not told:
            continue
        rated = ask is Ask.RATING and last_number(exchange.answer, language) is not None
        for act in _COGNITIVE.get(ask, ()):
            yield (act if taken_up or rated else Act.UNANSWERED), exchange.index, part.text


_AGENDA_SHARE = 3  # an agenda is set in the first third, or in the first two exchanges


def _see_agenda(exchange: Exchange) -> Seen:
    for part in exchange.fresh:
        if Move.AGENDA in part.moves or part.ask is Ask.AGENDA:
            yield Act.AGENDA, exchange.index, part.text
            return


_STRUCTURE = {
    Act.FEEDBACK: (Move.FEEDBACK, Ask.FEEDBACK),
    Act.CHOICE: (Move.NEGOTIATION, Ask.CHOICE),
}


def _see_structure(exchange: Exchange, language: Language) -> Seen:
    at = exchange.index
    for act, (move, ask) in _STRUCTURE.items():
        if part := next((p for p in exchange.fresh if move in p.moves or p.ask is ask), None):
            yield act, at, part.text
    offered = next((p for p in exchange.fresh if _offers_task(p)), None)
    if not offered:
        return
    yield Act.HOMEWORK, at, offered.text
    if (
        len(content_words(offered.text) & content_words(exchange.before))
        or exchange.grounded >= 0.2
    ):
        yield Act.TAILORED, at, offered.text
    if shows(language, "reason", offered.text):
        yield Act.EXPLAINED, at, offered.text
    if exchange.answer_index and _agrees(exchange.answer, language):
        yield Act.AGREED, exchange.answer_index, split_sentences(exchange.answer)[0]


def _offers_task(part: HeardSentence) -> bool:
    return Move.HOMEWORK in part.moves or part.ask is Ask.PLAN


def _agrees(answer: str, language: Language) -> bool:
    unwilling = is_unwilling(answer, language) or shows(language, "declines", answer)
    return shows(language, "assent", answer) and not unwilling


def _see_key_work(exchanges: list[Exchange], transcript: Transcript, language: Language) -> Seen:
    keys = key_thoughts(transcript, language)
    for exchange in exchanges:
        voiced = [content_words(key.quote) for key in keys if key.turn < exchange.index]
        yield from _see_thought_work(exchange, bool(voiced), language)
        if exchange.copied:
            continue
        for part in exchange.fresh:
            if any(_names_thought(content_words(part.text), key) for key in voiced):
                yield Act.CENTRAL, exchange.index, part.text
                break
        if voiced:
            yield from _see_conclusion(exchange, language)


def _names_thought(mine: frozenset[str], key: frozenset[str]) -> bool:
    shared = len(mine & key)
    return shared >= 2 or (shared == 1 and len(key) <= 2)


def _see_conclusion(exchange: Exchange, language: Language) -> Seen:
    if not exchange.answer_index or not is_substantive(exchange.answer, language):
        return
    for ask in (ask for ask, _ in questions_of(exchange, language) if ask in _WEIGHING):
        if sentence := concludes(exchange.answer, ask, language):
            yield Act.CONCLUDED, exchange.answer_index, sentence
            return


def _see_shifts(
    transcript: Transcript, seen: list[tuple[Act, int, str]], language: Language
) -> Seen:
    weighed = min((turn for act, turn, _ in seen if act is Act.WEIGHED), default=len(transcript))
    for turn in falling_ratings(transcript, language):
        if turn > weighed:
            yield Act.SHIFTED, turn, split_sentences(transcript[turn].text)[0]


def _see_early_advice(exchanges: list[Exchange], seen: list[tuple[Act, int, str]]) -> Seen:
    thinking = (turn for act, turn, _ in seen if act in {Act.THOUGHT, Act.WEIGHED})
    found = min(thinking, default=len(exchanges) * 4)
    for act, turn, quote in seen:
        if act is Act.ADVISED and turn < found:
            yield Act.ADVISED_EARLY, turn, quote


_HEARS = {Act.RESTATED, Act.FELT, Act.VALIDATED, Act.SUMMARISED, Act.RESPONDED, Act.CHOICE}


def _see_grilling(exchanges: list[Exchange], seen: list[tuple[Act, int, str]]) -> Seen:
    asking = {turn: quote for act, turn, quote in seen if act is Act.ASKED}
    listening = {turn for act, turn, _ in seen if act in _HEARS}
    bare = asking.keys() - listening
    order = [exchange.index for exchange in exchanges]
    for run in zip(order, order[1:], order[2:], strict=False):
        if bare.issuperset(run):
            yield Act.GRILLED, run[-1], asking[run[-1]]


_SOFT = (Move.REFLECTION, Move.VALIDATION, Move.NEGOTIATION, Move.RESTATEMENT, Move.FEEDBACK)
_HARD = {Move.ADVICE, Move.PERSUASION, Move.LECTURE, Move.ATTACK, Move.PLATITUDE, Move.PRAISE}


def _see_strain(exchanges: list[Exchange], language: Language) -> Seen:
    for exchange in exchanges:
        if not is_unwilling(exchange.before, language):
            continue
        yield Act.STRAINED, exchange.index, exchange.heard.sentences[0].text
        soft = None if exchange.copied else _first(exchange.fresh, *_SOFT)
        if soft and not exchange.heard.moves & _HARD:
            yield Act.REPAIRED, exchange.index, soft.text
        else:
            yield Act.PRESSED, exchange.index, exchange.heard.sentences[0].text
