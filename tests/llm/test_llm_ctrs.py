from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from judging import (
    INJECTION,
    ZH,
    AnsweringModel,
    Asked,
    check_intact,
    count_han,
    find_persona,
    play_session,
    talk,
)
from openai.lib._pydantic import to_strict_json_schema

from agents.prompts import load_prompt
from agents.transcript import Speaker, Transcript, client_turn
from evaluators.judge import Judge
from evaluators.llm.answers import rating_form
from evaluators.llm.judge import ModelJudge, count_exchanges, question, rubric
from evaluators.llm.quotes import check_quotes, find_quote
from evaluators.scale import ctrs_items, load_scale
from evaluators.scripted.ctrs import rate_ctrs
from evaluators.verdict import Evidence, Verdict
from personas.errors import InputError
from personas.schema import Language

SESSION = play_session(find_persona("dembe-pastry")).transcript
SIX = [item.id for item in ctrs_items(6)]


CTRS6, CTRS11 = load_scale("ctrs6"), load_scale("ctrs11")
ItemReply = rating_form(0, 6).schema


def judge(
    model: AnsweringModel,
    transcript: Transcript = SESSION,
    language: Language = "en",
    items: int = 6,
    samples: int = 1,
) -> Verdict:
    rater = ModelJudge(model, load_scale(f"ctrs{items}"), samples)
    return asyncio.run(rater.rate(transcript, language))


def good(asked: Asked) -> object:
    quotes = [{"n": 2, "quote": SESSION[2].text}]
    return {"quotes": quotes, "reason": "The counselor listens.", "rating": 4}


def test_a_perfect_reply_becomes_a_rating_with_evidence() -> None:
    model = AnsweringModel(good)
    rater: Judge = ModelJudge(model, CTRS6)
    verdict = asyncio.run(rater.rate(SESSION, "en"))
    assert (rater.name, rater.voice) == ("judge-8b", "judge-8b")
    assert (verdict.judge, verdict.scale, verdict.mean) == ("judge-8b", "ctrs6", 4.0)
    assert [rating.item for rating in verdict.ratings] == SIX
    for rating in verdict.ratings:
        assert rating.evidence == (Evidence(2, SESSION[2].text),)
        assert rating.note == "The counselor listens."
    assert [(a.role, a.seed, a.schema) for a in model.asked] == [("ctrs", 0, ItemReply)] * 6


def test_eleven_items_are_asked_one_by_one_in_the_order_of_the_scale() -> None:
    model = AnsweringModel(good)
    verdict = judge(model, items=11)
    assert verdict.scale == "ctrs11"
    assert [rating.item for rating in verdict.ratings] == [item.id for item in ctrs_items(11)]
    for asked, item in zip(model.asked, ctrs_items(11), strict=True):
        assert asked.question.startswith(f"Item: {item.name}\n0: {item.anchors[0]}\n2: ")


def test_the_first_question_goes_alone_and_the_others_together() -> None:
    waiting: list[int] = []
    model = AnsweringModel(lambda asked: waiting.append(len(model.asked)) or good(asked))
    judge(model)
    assert waiting == [1, 6, 6, 6, 6, 6]


def test_null_is_missing_with_the_reason_and_the_reply() -> None:
    said = {"quotes": [], "reason": "The session breaks off.", "rating": None}
    verdict = judge(AnsweringModel(lambda asked: said))
    assert verdict.missing == tuple(SIX)
    assert verdict.mean is None
    note = verdict.ratings[0].note
    assert "The session breaks off." in note
    assert '"rating":null' in note


@pytest.mark.parametrize(
    "said",
    [
        "I would say a good 4 out of 6.",
        '{"quotes": [], "reason": "Fine.", "rating": 7}',
        '{"quotes": [], "reason": "Fine.", "rating": -1}',
        '{"quotes": [], "reason": "Fine.", "rating": 4.5}',
        '{"rating": 4}',
        "",
    ],
)
def test_what_cannot_be_read_is_missing_never_zero_and_the_reply_is_kept(said: str) -> None:
    def answer(asked: Asked) -> object:
        return said if "Item: Understanding" in asked.question else good(asked)

    verdict = judge(AnsweringModel(answer))
    assert verdict.missing == ("understanding",)
    assert verdict.mean == 4.0
    assert verdict.ratings[0].score is None
    assert verdict.ratings[0].evidence == ()
    assert verdict.ratings[0].note == f"no rating could be read; the reply was: {said}"


def test_a_long_reply_is_cut_in_the_note() -> None:
    verdict = judge(AnsweringModel(lambda asked: "word " * 5000))
    assert 450 < len(verdict.ratings[0].note) < 600


def test_invented_quotes_are_dropped_and_counted() -> None:
    quotes = [
        {"n": 2, "quote": "The counselor is truly wonderful."},
        {"n": 3, "quote": SESSION[3].text},
    ]
    said = {"quotes": quotes, "reason": "Mixed.", "rating": 2}
    rating = judge(AnsweringModel(lambda asked: said)).ratings[0]
    assert rating.evidence == (Evidence(3, SESSION[3].text),)
    assert rating.note == "Mixed. (1 quote not found)"
    said = {"quotes": [quotes[0], {"n": 5, "quote": "…"}], "reason": "Bad.", "rating": 0}
    rating = judge(AnsweringModel(lambda asked: said)).ratings[0]
    assert (rating.score, rating.evidence) == (0, ())
    assert rating.note == "Bad. (2 quotes not found)"


def test_a_quote_is_found_whatever_its_case_spaces_and_marks_and_kept_verbatim() -> None:
    said = talk("Hello.", "It’s “fine”,  I guess. Really.", "What do you know?", "No, it's fine.")
    assert find_quote(1, "it's fine, i guess", said) == Evidence(1, "It’s “fine”,  I guess.")
    assert find_quote(1, "\"It's 'fine', I guess.\"", said) == Evidence(1, "It’s “fine”,  I guess.")
    assert find_quote(1, "I guess…", said) == Evidence(1, "I guess.")
    assert find_quote(0, "what do you know", said) == Evidence(2, "What do you know?")
    assert find_quote(3, "it's fine", said) == Evidence(3, "it's fine.")
    assert find_quote(99, "Hello.", said) == Evidence(0, "Hello.")
    assert find_quote(2, "no", said) == Evidence(3, "No")  # not the end of "know"
    assert find_quote(2, "now", said) is None
    for invented in ("kno", "guess really", "It's fine I guess", "", "”", " ."):
        assert find_quote(1, invented, said) is None
    assert check_quotes([(1, "really"), (1, "Really."), (1, "gone")], said) == (
        (Evidence(1, "Really."),),
        1,
    )


def test_chinese_quotes_are_found_across_full_width_marks() -> None:
    assert find_quote(3, "觉得他们都在等我出错", ZH) == Evidence(3, "觉得他们都在等我出错。")
    assert find_quote(12, "「都在等我出错」有几分真?", ZH) == Evidence(
        12, "都在等我出错”有几分真？"
    )
    assert find_quote(3, "觉得他们全都在等我出错", ZH) is None


def test_samples_are_asked_with_their_own_seeds_and_averaged() -> None:
    ratings = {0: 3, 1: 5, 2: None}

    def answer(asked: Asked) -> object:
        if asked.seed == 3:
            return "no JSON"
        quotes = [{"n": 1, "quote": SESSION[1].text}]
        return {"quotes": quotes, "reason": f"Seed {asked.seed}.", "rating": ratings[asked.seed]}

    model = AnsweringModel(answer)
    verdict = judge(model, samples=4)
    assert sorted(asked.seed for asked in model.asked) == sorted([0, 1, 2, 3] * 6)
    assert len({asked.body for asked in model.asked}) == 6
    for rating in verdict.ratings:
        assert rating.score == 4.0
        assert rating.evidence == (Evidence(1, SESSION[1].text),)
        notes = rating.note.split(" | ")
        assert notes[:2] == ["3: Seed 0.", "5: Seed 1."]
        assert notes[2].startswith("missing: the judge gave none: Seed 2.")
        assert notes[3] == "missing: no rating could be read; the reply was: no JSON"


def test_an_item_is_missing_if_no_sample_rated_it() -> None:
    verdict = judge(AnsweringModel(lambda asked: "?"), samples=3)
    assert verdict.missing == tuple(SIX)


def test_less_than_one_sample_is_refused() -> None:
    with pytest.raises(InputError, match="at least 1 sample"):
        ModelJudge(AnsweringModel(good), CTRS6, samples=0)


@pytest.mark.parametrize("length", [0, 1, 2, 6])
def test_too_short_a_session_is_missing_and_costs_no_call(length: int) -> None:
    model, short = AnsweringModel(good), SESSION[:length]
    verdict = judge(model, short)
    assert model.asked == []
    assert verdict.ratings == rate_ctrs(short, "en").ratings


def test_exchanges_are_counted_as_the_scripted_rater_counts_them() -> None:
    assert count_exchanges(SESSION[:7]) == 3
    assert judge(AnsweringModel(good), SESSION[:7]).missing == ()
    assert rate_ctrs(SESSION[:7], "en").missing == ()
    opened_by_client = talk("Hello.", "Hi.", "How so?", "Well.", "Yes?", "No.")[1:]
    assert count_exchanges(opened_by_client) == 2


def test_what_the_model_raises_is_raised_and_not_in_a_group() -> None:
    def answer(asked: Asked) -> object:
        if len(model.asked) > 1:
            raise OSError("gone")
        return good(asked)

    model = AnsweringModel(answer)
    with pytest.raises(OSError, match="gone"):
        judge(model)


def test_the_words_of_the_session_cannot_leave_their_line() -> None:
    attacked = (*SESSION[:5], client_turn(INJECTION), *SESSION[6:])
    clean, dirty = AnsweringModel(good), AnsweringModel(good)
    judge(clean)
    judge(dirty, attacked)
    for asked, honest in zip(dirty.asked, clean.asked, strict=True):
        check_intact(asked, attacked)
        assert asked.question == honest.question
        assert asked.system == honest.system


def twenty_exchanges() -> Transcript:
    transcript = play_session(find_persona("idwal-slippers")).transcript[: 2 + 2 * 20]
    assert [turn.speaker for turn in transcript].count(Speaker.CLIENT) == 21
    return transcript


def count_shared(text: str, other: str) -> int:
    """How many signs two texts share from the start."""
    differing = (i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b)
    return next(differing, min(len(text), len(other)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_most_of_a_request_repeats_the_one_before(language: Language) -> None:
    model = AnsweringModel(good)
    judge(model, twenty_exchanges(), language, items=11)
    texts = [asked.text for asked in model.asked]
    shares = [count_shared(*pair) / len(pair[1]) for pair in pairwise(texts)]
    assert min(shares) >= 0.8


def test_the_rubric_is_the_same_for_all_items_samples_and_episodes() -> None:
    model = AnsweringModel(good)
    judge(model, items=11, samples=2)
    judge(model, twenty_exchanges())
    assert {asked.system for asked in model.asked} == {rubric(CTRS6, "en")}


def test_chinese_sessions_are_judged_in_chinese() -> None:
    model = AnsweringModel(lambda asked: {"quotes": [], "reason": "听得住。", "rating": 5})
    verdict = judge(model, ZH, "zh", items=11)
    assert verdict.mean == 5.0
    assert "差" in rubric(CTRS6, "zh")
    assert "优秀" in rubric(CTRS6, "zh")
    assert count_han(load_prompt("judge_scale", "zh").template) > 0.7
    for asked, item in zip(model.asked, ctrs_items(11), strict=True):
        assert asked.question == question(CTRS11, item, "zh")
        assert item.name_zh in asked.question
        assert count_han(question(CTRS11, item, "zh")) > 0.9
        check_intact(asked, ZH)


def test_the_schema_is_strict_and_reasons_before_it_rates() -> None:
    schema = to_strict_json_schema(ItemReply)
    assert schema["required"] == ["quotes", "reason", "rating"] == list(schema["properties"])
    assert schema["additionalProperties"] is False
    assert schema["properties"]["rating"]["anyOf"] == [
        {"enum": [0, 1, 2, 3, 4, 5, 6], "type": "integer"},
        {"type": "null"},
    ]
