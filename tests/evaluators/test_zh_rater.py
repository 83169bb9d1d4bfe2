"""The scripted rater, observer and number reader on hand-written Chinese sessions."""

from __future__ import annotations

import re

import pytest
from ladder import play, retell
from ladder_zh import COMPETENT, LADDER_ZH, PLAIN

from evaluators.panas import panas_sums
from evaluators.scale import load_scale
from evaluators.scripted.ctrs import rate_ctrs
from evaluators.scripted.ctrs_rules import RULES
from evaluators.scripted.cues import load_section
from evaluators.scripted.numbers import last_number, stated_ratings
from evaluators.scripted.panas_observer import observe

JARGON = "这是认知重建和苏格拉底式的引导发现，治疗联盟和协同检验都很到位。"


def mean(script: str) -> float:
    found = rate_ctrs(play(script), "zh").mean
    assert found is not None
    return found


def test_the_hand_written_ladder_is_in_order() -> None:
    means = {name: mean(script) for name, script in LADDER_ZH.items()}
    assert means["competent"] > 4.0 > 3.4 > means["plain"] > 2.2
    assert max(means["lecturer"], means["sycophant"], means["stuffer"]) < 1.5


def test_jargon_raises_no_score() -> None:
    plain = rate_ctrs(play(COMPETENT), "zh", 11).ratings
    stuffed = rate_ctrs(retell(play(COMPETENT), add=JARGON), "zh", 11).ratings
    for before, after in zip(plain, stuffed, strict=True):
        assert (after.score or 0) <= (before.score or 0), before.item


def test_every_reason_has_chinese_words() -> None:
    reasons = load_section("zh", "reasons")
    english = {rule.without for rule in RULES.values()} | {
        term.says for rule in RULES.values() for term in (*rule.gains, *rule.losses)
    }
    assert set(reasons) == english
    assert not any(re.search("[A-Za-z]", text) for text in reasons.values())


@pytest.mark.parametrize("name", LADDER_ZH)
def test_rationales_are_chinese_sentences_with_true_quotes(name: str) -> None:
    transcript = play(LADDER_ZH[name])
    for rating in rate_ctrs(transcript, "zh", 11).ratings:
        assert rating.note.startswith("咨询师")
        assert rating.note.endswith("。")
        assert not re.search("[A-Za-z]", rating.note)
        assert all(piece.quote in transcript[piece.turn].text for piece in rating.evidence)


def test_too_short_a_session_is_missing_with_a_chinese_reason() -> None:
    verdict = rate_ctrs(play("C: 您好。\nK: 嗯。\nC: 然后呢？"), "zh")
    assert verdict.mean is None
    assert all("至少" in rating.note for rating in verdict.ratings)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("八十五？这东西不好打分。", 85),
        ("平时？十。", 10),
        ("现在离四十近。", 40),
        ("一百。", 100),
        ("大概70吧，也许75。", 75),
        ("七分吧。", 7),
        ("十分难受。", None),
        ("我干了二十年了。", None),
        ("三号楼出的事。", None),
    ],
)
def test_numbers_are_read_from_chinese(said: str, number: float | None) -> None:
    assert last_number(said, "zh") == number


def test_ratings_out_of_ten_are_stretched() -> None:
    asked = "C: 您好。\nK: 嗯。\nC: 从1到10，您有多相信它？\nK: 七分吧。"
    assert stated_ratings(play(asked), "zh") == [(3, 70)]
    assert stated_ratings(play(COMPETENT), "zh") == [(9, 85), (23, 50)]


def mood_of(*lines: str) -> tuple[float, float]:
    """Return the observer's (positive, negative) sums after a session of these lines, said in turn."""
    script = "\n".join(f"C: 嗯。\nK: {line}" for line in lines * 9)
    positive, negative = panas_sums(observe(play(script), "zh", "after"))
    assert positive is not None
    assert negative is not None
    return positive, negative


def test_the_observer_hears_pain_and_ease() -> None:
    sore = mood_of("我很害怕，整夜睡不着。", "都怪我，我没用。", "难受，心里堵得慌。")
    eased = mood_of("说出来轻松了一点。", "我想去试试。", "没往这儿想过，有意思。")
    assert sore[1] > eased[1] + 5
    assert eased[0] > sore[0] + 5


def test_a_denied_feeling_is_not_heard() -> None:
    assert mood_of("我不怕。")[1] < mood_of("我怕。")[1]


def test_scales_have_chinese_labels() -> None:
    for name in ("ctrs", "panas"):
        scale = load_scale(name)
        assert all(re.search("[一-鿿]", pair[1]) for pair in scale.labels.values())
        assert all(item.name_in("zh") != item.name for item in scale.items)


def test_plain_kindness_is_held_below_the_method() -> None:
    scores = {rating.item: rating.score for rating in rate_ctrs(play(PLAIN), "zh").ratings}
    assert (scores["understanding"] or 0) >= 3
    assert (scores["guided_discovery"] or 0) < 3
