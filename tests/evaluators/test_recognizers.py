"""Who names distortions: the cues, and the path by a model; labelled files and what is wrong in them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from agents.transcript import client_turn
from evaluators.realism.session import Session
from evaluators.recognition.cases import (
    Case,
    case_of_session,
    cases_of_personas,
    read_cases,
)
from evaluators.recognition.recognizer import ModelRecognizer, ScriptedRecognizer
from personas.errors import InputError
from personas.schema import Distortion
from personas.source import load_personas

sys.path.insert(0, str(Path(__file__).parents[1] / "llm"))
from judging import INJECTION, AnsweringModel, count_han

WORDS = "She didn't answer, so she must think I'm a joke. I'll never get that job."


def test_cues_name_several_types_and_none_in_plain_facts() -> None:
    named = asyncio.run(ScriptedRecognizer().recognize(WORDS, "en"))
    assert {Distortion.MIND_READING, Distortion.FORTUNE_TELLING} & named
    assert asyncio.run(ScriptedRecognizer().recognize("I took the bus on Monday.", "en")) == set()


def test_a_model_is_asked_for_one_text_and_its_answer_is_a_set() -> None:
    reply = {
        "found": [
            {"quote": "she must think", "distortion": "mind_reading"},
            {"quote": "I'll never", "distortion": "fortune_telling"},
            {"quote": "a joke", "distortion": "mind_reading"},
        ]
    }
    model = AnsweringModel(lambda asked: reply)
    named = asyncio.run(ModelRecognizer(model).recognize(WORDS, "en"))
    assert named == {Distortion.MIND_READING, Distortion.FORTUNE_TELLING}
    asked = model.asked[0]
    assert all(distortion.value in asked.system for distortion in Distortion)
    assert WORDS in asked.body
    assert asked.role == "recognition"


def test_no_distortion_and_no_readable_answer_are_two_things() -> None:
    for said, named in (({"found": []}, frozenset()), ("I would rather not say.", None)):
        model = AnsweringModel(lambda asked, said=said: said)
        assert asyncio.run(ModelRecognizer(model).recognize(WORDS, "en")) == named
    wrong = {"found": [{"quote": "a joke", "distortion": "joking"}]}
    model = AnsweringModel(lambda asked: wrong)
    assert asyncio.run(ModelRecognizer(model).recognize(WORDS, "en")) is None


def test_the_words_stay_material_and_the_system_text_stays_the_same() -> None:
    model = AnsweringModel(lambda asked: {"found": []})
    for text in (WORDS, INJECTION):
        asyncio.run(ModelRecognizer(model).recognize(text, "en"))
    first, second = model.asked
    assert first.system == second.system
    assert second.body.count("</transcript>") == 1


def test_the_chinese_guide_is_chinese() -> None:
    model = AnsweringModel(lambda asked: {"found": []})
    asyncio.run(ModelRecognizer(model).recognize("他们都在等我出错。", "zh"))
    assert "读心术" in model.asked[0].system
    assert count_han(model.asked[0].question) > 0.7


def test_personas_give_a_labelled_thought_and_a_sentence_without_distortion() -> None:
    personas = load_personas("builtin", "en").personas
    cases = list(cases_of_personas(personas))
    thoughts = [thought for persona in personas for thought in persona.profile.thoughts]
    assert len(cases) == 2 * len(thoughts)
    assert [case.truth for case in cases[:2]] == [{thoughts[0].distortion}, set()]


def test_a_session_is_one_text_with_what_its_source_says() -> None:
    talk = (client_turn("One."), client_turn("Two."))
    kinds = (Distortion.BLAMING, Distortion.MIND_READING)
    case = case_of_session(Session("s1", talk, "en", form="f1", distortions=kinds))
    assert case == Case("One.\nTwo.", "en", frozenset(kinds), "f1")


def read(tmp_path: Path, text: str) -> list[Case]:
    path = tmp_path / "labelled.jsonl"
    path.write_text(text, encoding="utf-8")
    return list(read_cases(path))


def test_labelled_texts_are_read(tmp_path: Path) -> None:
    line = '{"text": "我全完了。", "distortions": ["catastrophizing"], "language": "zh", "id": 7}\n'
    more = '{"text": "It rained.", "distortions": [], "cluster": "p1"}\n'
    assert read(tmp_path, f"{line}\n{more}") == [
        Case("我全完了。", "zh", frozenset({Distortion.CATASTROPHIZING}), "1"),
        Case("It rained.", "en", frozenset(), "p1"),
    ]


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ('{"text": "x", "distortions": ["mindreading"]}', "line 2, field distortions"),
        ('{"text": "x"}', "line 2, field distortions"),
        ('{"text": "", "distortions": []}', "line 2, field text"),
        ('{"text": "x", "distortions": [], "language": "de"}', "line 2, field language"),
        ("[1]", "line 2"),
        ("{", "line 2, column 2"),
    ],
)
def test_a_bad_line_is_named_with_its_field(tmp_path: Path, line: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, f'{{"text": "ok", "distortions": []}}\n{line}\n')
    assert str(caught.value.where).endswith(where)
