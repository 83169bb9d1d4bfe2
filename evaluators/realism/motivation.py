"""When a client is motivated: says it will or could do something, or finds a balanced view.

MR@20 is the share of sessions in which that happens within the client's first twenty messages. The
criterion is read from the words; our own records also give an exact one, from the mind's ledger.
"""

from __future__ import annotations

from agents.hearing.discourse import Ask, classify_ask
from agents.hearing.lexicon import matches
from agents.mind.gauge import Gauge
from agents.mind.intent import Act
from agents.text import split_sentences
from agents.transcript import Speaker, Transcript
from evaluators.realism.cues import shows
from evaluators.scripted.client_work import concludes
from personas.schema import Language

BY_TURN = 20
_GIVES_UP = frozenset({"refusal", "stuck", "hostile"})
_EVADES = _GIVES_UP | {"aside", "unheard"}


def find_motivated(transcript: Transcript, language: Language) -> int | None:
    """Return the number (from 1) of the first client message that shows motivation, or `None`.

    The opening does not count: it was brought along, whatever the counselor did. A sentence shows
    motivation that is no question, refuses nothing, and commits ("I could ask her") or weighs
    ("that doesn't mean I'm useless"). So does an undistorted sentence of the client's own in answer
    to the question for another view (as the CTRS rater hears it).
    """
    asked, number = "", 0
    for turn in transcript:
        if turn.speaker is Speaker.COUNSELOR:
            asked = turn.text
            continue
        number += 1
        if number > 1 and _is_motivated(turn.text, asked, language):
            return number
    return None


def find_motivated_exactly(trace: tuple[Gauge, ...]) -> int | None:
    """Return the client message with the first balanced thought in the ledger, or yes to a step."""
    return next(
        (
            number
            for number, gauge in enumerate(trace, start=1)
            if gauge.act == Act.PLAN or any(entry.startswith("balanced.") for entry in gauge.told)
        ),
        None,
    )


def _is_motivated(text: str, asked: str, language: Language) -> bool:
    if any(_commits(part, language) for part in split_sentences(text)):
        return True
    if matches(language, "client", text) & _EVADES:
        return False
    asks = (classify_ask(part, language) for part in split_sentences(asked))
    return Ask.ALTERNATIVE in asks and bool(concludes(text, Ask.ALTERNATIVE, language))


def _commits(sentence: str, language: Language) -> bool:
    if sentence.endswith(("?", "？")) or shows(language, "uncommitted", sentence):
        return False
    if matches(language, "client", sentence) & _GIVES_UP:
        return False
    return shows(language, "commitment", sentence) or shows(language, "balance", sentence)
