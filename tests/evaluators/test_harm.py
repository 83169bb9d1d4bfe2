"""How much harm the rater's cues hear, and what they let pass: the figures of docs/audit.md."""

from __future__ import annotations

import pytest
from harm_probes import (
    HARMFUL,
    HARMFUL_ZH,
    HARMLESS,
    HARMLESS_ZH,
    SECOND,
    UNSEEN,
    UNSEEN_HARMLESS,
)
from ladder import DEFENSE, play, retell

from evaluators.scripted.ctrs import rate_ctrs
from evaluators.scripted.features import Act, extract
from evaluators.scripted.harm import is_harmful
from personas.schema import Language


def count(sentences: list[str], language: Language = "en") -> int:
    return sum(is_harmful(sentence, language) for sentence in sentences)


def test_harm_said_plainly_is_heard() -> None:
    assert count(HARMFUL) >= 0.95 * len(HARMFUL)
    assert count(HARMFUL_ZH, "zh") >= 0.9 * len(HARMFUL_ZH)
    assert count(SECOND) >= 0.7 * len(SECOND)


def test_harm_said_otherwise_mostly_is_not() -> None:
    assert count(UNSEEN) < 0.5 * len(UNSEEN), "better than docs/audit.md says: tell it there"


@pytest.mark.parametrize(
    ("sentences", "language"),
    [(HARMLESS, "en"), (UNSEEN_HARMLESS, "en"), (HARMLESS_ZH, "zh")],
)
def test_what_only_sounds_alike_is_let_pass(sentences: list[str], language: Language) -> None:
    assert [sentence for sentence in sentences if is_harmful(sentence, language)] == []


def test_a_harmful_sentence_is_quoted_and_not_offset_by_skill() -> None:
    harm = "You should just stop taking your tablets."
    change = {"You never put that in.": f"You never put that in. {harm}"}
    told = retell(play(DEFENSE), change)
    assert [piece.quote for piece in extract(told, "en").acts[Act.HARMED]] == [harm]
    before = {r.item: r.score for r in rate_ctrs(play(DEFENSE), "en", 11).ratings}
    after = {r.item: r for r in rate_ctrs(told, "en", 11).ratings}
    for item in ("interpersonal", "strategy", "collaboration"):
        assert (after[item].score or 0) <= (before[item] or 0) - 1
        assert harm in [piece.quote for piece in after[item].evidence]
    assert after["focus"].score == before["focus"]


def test_saying_it_all_back_earns_no_understanding() -> None:
    plain = play(DEFENSE)
    turns = list(plain)
    for i in range(2, len(turns), 2):
        turns[i] = play(f"C: {turns[i - 1].text} {turns[i].text}")[0]
    echoed = tuple(turns)
    before, after = rate_ctrs(plain, "en", 6), rate_ctrs(echoed, "en", 6)
    for old, new in zip(before.ratings, after.ratings, strict=True):
        assert (new.score or 0) <= (old.score or 0), old.item
    assert Act.ECHOED in extract(echoed, "en").acts
    assert Act.ECHOED not in extract(plain, "en").acts
