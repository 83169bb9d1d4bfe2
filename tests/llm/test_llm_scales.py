"""Any scale by a model: files of one's own, the safety flow, odds, weights, and what is missing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from judging import ZH, AnsweringModel, Asked, find_persona, play_session
from openai.lib._pydantic import to_strict_json_schema

from agents.models.reply import Reply
from evaluators.llm.answers import FlowReply, rating_form, weigh_odds
from evaluators.llm.judge import ModelJudge, question, rubric
from evaluators.scale import load_scale
from evaluators.verdict import Verdict
from personas.errors import InputError
from personas.schema import Language

SESSION = play_session(find_persona("dembe-pastry")).transcript
SCALES = ("ctrs11", "wai12", "crisp", "cbt_qa")
SAFETY = load_scale("safety")


def judge(model: Any, scale: str, language: Language = "en", samples: int = 1) -> Verdict:
    transcript = SESSION if language == "en" else ZH
    return asyncio.run(ModelJudge(model, load_scale(scale), samples).rate(transcript, language))


def rate(score: object) -> object:
    return {"quotes": [], "reason": "Fair.", "rating": score}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SCALES)
def test_every_scale_is_asked_item_by_item_in_its_own_range(name: str, language: Language) -> None:
    scale = load_scale(name)
    model = AnsweringModel(lambda asked: rate(scale.maximum))
    verdict = judge(model, name, language)
    assert (verdict.scale, verdict.mean, verdict.missing) == (name, scale.maximum, ())
    assert [asked.role for asked in model.asked] == [scale.base] * len(scale.items)
    for asked, item in zip(model.asked, scale.items, strict=True):
        assert item.name_in(language) in asked.question
        assert item.question_in(language) in asked.question
        assert all(text in asked.question for text in item.anchors_in(language).values())
        assert scale.name_in(language) in asked.system
    above = AnsweringModel(lambda asked: rate(scale.maximum + 1))
    assert judge(above, name, language).mean is None


def test_garbage_for_one_item_leaves_that_item_missing() -> None:
    items = load_scale("wai12").items

    def answer(asked: Asked) -> object:
        return "Well…" if items[3].name in asked.question else rate(5)

    verdict = judge(AnsweringModel(answer), "wai12")
    assert verdict.missing == (items[3].id,)
    assert verdict.mean == 5
    assert len([r for r in verdict.ratings if r.score is not None]) == 11
    assert "the reply was: Well…" in verdict.ratings[3].note


def test_a_file_of_ones_own_is_asked_about_without_any_code(tmp_path: Path) -> None:
    path = tmp_path / "warmth.toml"
    path.write_text(
        'name = "Warmth scale"\nsource = "ours"\nminimum = -2\nmaximum = 2\n'
        '[[items]]\nid = "tone"\nname = "Tone"\nquestion = "How warm?"\n'
        'anchors = { -2 = "Icy.", 2 = "Warm." }\n'
    )
    model = AnsweringModel(lambda asked: rate(-2))
    verdict = judge(model, str(path))
    assert (verdict.scale, verdict.mean) == ("warmth", -2)
    assert model.asked[0].question.startswith("Item: Tone\nHow warm?\n-2: Icy.\n2: Warm.\n")
    assert "from -2 to 2" in model.asked[0].system
    with pytest.raises(InputError, match="no words in zh"):
        judge(model, str(path), "zh")
    assert len(model.asked) == 1


def test_panas_is_not_asked_item_by_item() -> None:
    with pytest.raises(InputError, match="panas is not judged item by item"):
        ModelJudge(AnsweringModel(rate), load_scale("panas"))


def flow_answers(**said: object) -> AnsweringModel:
    def answer(asked: Asked) -> object:
        item = next(i for i in SAFETY.items if f"({i.name})" in asked.question)
        told = said.get(item.id, "no")
        quotes = [{"n": 1, "quote": SESSION[1].text}] if told == "yes" else []
        return {"quotes": quotes, "reason": "So it is.", "answer": told}

    return AnsweringModel(answer)


def test_the_flow_asks_only_along_the_path() -> None:
    model = flow_answers(boundaries="yes")
    verdict = judge(model, "safety")
    assert [rating.item for rating in verdict.ratings] == [
        "risk", "medical_advice", "dependence", "boundaries", "harm",
    ]  # fmt: skip
    assert (verdict.kind, verdict.vetoed) == ("flow", False)
    assert {asked.role for asked in model.asked} == {"safety"}
    assert {asked.schema for asked in model.asked} == {FlowReply}
    assert {asked.system for asked in model.asked} == {rubric(SAFETY, "en")}


def test_danger_that_is_not_taken_up_is_vetoed_by_the_model_too() -> None:
    verdict = judge(flow_answers(risk="yes", boundaries="yes"), "safety")
    assert verdict.vetoed is True
    assert verdict.faults == ("detects", "guides", "supports")
    assert verdict.ratings[0].evidence[0].quote == SESSION[1].text
    kept = flow_answers(risk="yes", detects="yes", asks="yes", guides="yes", supports="yes",
                        boundaries="yes")  # fmt: skip
    assert judge(kept, "safety").vetoed is False


@pytest.mark.parametrize("answer", [None, "perhaps", 7])
def test_an_answer_that_cannot_be_read_is_missing_and_the_walk_goes_on(answer: object) -> None:
    verdict = judge(flow_answers(harm=answer, boundaries="yes"), "safety")
    assert verdict.missing == ("harm",)
    assert verdict.vetoed is None


def test_samples_of_a_flow_are_pooled_before_the_path_is_chosen() -> None:
    def answer(asked: Asked) -> object:
        said = "yes" if "(Danger)" in asked.question and asked.seed != 1 else "no"
        said = "yes" if "(Keeps its role)" in asked.question else said
        return {"quotes": [], "reason": "So.", "answer": said}

    verdict = judge(AnsweringModel(answer), "safety", samples=3)
    assert verdict.ratings[0].score == pytest.approx(2 / 3)
    assert verdict.ratings[0].samples == (1.0, 0.0, 1.0)
    assert verdict.ratings[1].item == "detects"
    assert verdict.vetoed is True


class OddModel:
    """A model whose endpoint tells odds."""

    voice = "odd-8b"

    def __init__(self, odds: tuple[tuple[str, float], ...], score: object = 4) -> None:
        self.inner = AnsweringModel(lambda asked: rate(score))
        self.odds = odds

    async def call(self, messages: Any, **options: Any) -> Reply:
        return replace(await self.inner.call(messages, **options), odds=self.odds)


def test_with_odds_one_call_an_item_gives_the_expectation_and_the_distribution() -> None:
    model = OddModel((("4", 0.6), ("5", 0.2), ("3", 0.1), ("x", 0.1)))
    verdict = judge(model, "ctrs6", samples=5)
    assert len(model.inner.asked) == 6
    for rating in verdict.ratings:
        assert rating.score == pytest.approx((4 * 0.6 + 5 * 0.2 + 3 * 0.1) / 0.9, abs=1e-5)
        assert [point for point, _ in rating.distribution] == [3, 4, 5]
        assert sum(share for _, share in rating.distribution) == pytest.approx(1, abs=1e-5)
        assert rating.samples == ()
        assert rating.spread == pytest.approx(0.5666, abs=1e-3)


def test_odds_break_a_tie_at_the_ceiling() -> None:
    sure, unsure = (OddModel((("6", p), ("5", 1 - p)), score=6) for p in (0.95, 0.55))
    assert judge(sure, "ctrs6").mean > judge(unsure, "ctrs6").mean  # type: ignore[operator]


def test_odds_that_lie_elsewhere_tell_nothing_and_samples_are_asked_for() -> None:
    model = OddModel((("maybe", 0.8), ("4", 0.2)))
    verdict = judge(model, "ctrs6", samples=2)
    assert len(model.inner.asked) == 12
    assert verdict.ratings[0].score == 4
    assert verdict.ratings[0].distribution == ()


def test_null_stays_missing_whatever_the_odds() -> None:
    verdict = judge(OddModel((("null", 0.6), ("4", 0.4)), score=None), "ctrs6")
    assert verdict.mean is None


@pytest.mark.parametrize(
    ("odds", "scores", "expected"),
    [
        ([("yes", 0.9), ("no", 0.1)], {"yes": 1.0, "no": 0.0}, {1.0: 0.9, 0.0: 0.1}),
        ([("y", 0.9), ('no"}', 0.1)], {"yes": 1.0, "no": 0.0}, {1.0: 0.9, 0.0: 0.1}),
        ([("1", 0.7), ("2", 0.3)], {str(n): float(n) for n in range(11)}, {}),  # 1 or 10?
        ([("4}", 1.0)], {"4": 4.0, "5": 5.0}, {4.0: 1.0}),
        ([], {"4": 4.0}, {}),
    ],
)
def test_tokens_are_matched_with_the_answers_they_can_begin(
    odds: list[tuple[str, float]], scores: dict[str, float], expected: dict[float, float]
) -> None:
    assert dict(weigh_odds(odds, scores)) == expected


def test_an_invented_quote_is_flagged_and_costs_weight() -> None:
    real, invented = {"n": 1, "quote": SESSION[1].text}, {"n": 1, "quote": "I am cured, thank you."}

    def answer(asked: Asked) -> object:
        quotes = {0: [real], 1: [real, invented], 2: [invented]}[asked.seed or 0]
        score = {0: 2, 1: 4, 2: 6}[asked.seed or 0]
        return {"quotes": quotes, "reason": "So.", "rating": score}

    rating = judge(AnsweringModel(answer), "ctrs6", samples=3).ratings[0]
    assert rating.invented == 2
    assert rating.weight == pytest.approx(0.5)
    assert rating.score == pytest.approx((2 * 1 + 4 * 0.5 + 6 * 0) / 1.5)
    assert rating.note.count("1 quote not found") == 2
    alone = AnsweringModel(lambda asked: {"quotes": [invented], "reason": "So.", "rating": 6})
    rating = judge(alone, "ctrs6").ratings[0]
    assert (rating.score, rating.weight, rating.invented) == (6, 0, 1)


def test_the_schemas_are_strict_and_made_once_a_range() -> None:
    assert rating_form(0, 6) is rating_form(0, 6)
    for schema, field in ((rating_form(1, 5).schema, "rating"), (FlowReply, "answer")):
        told = to_strict_json_schema(schema)
        assert told["required"] == ["quotes", "reason", field] == list(told["properties"])
        assert told["additionalProperties"] is False
    names = {rating_form(low, high).schema.__name__ for low, high in ((0, 6), (0, 5), (-2, 2))}
    assert len(names) == 3


def test_a_question_is_short_and_the_rubric_long() -> None:
    for name in (*SCALES, "safety"):
        scale = load_scale(name)
        longest = max(len(question(scale, item, "en")) for item in scale.items)
        assert longest < 600 < 2000 < len(rubric(scale, "en"))
