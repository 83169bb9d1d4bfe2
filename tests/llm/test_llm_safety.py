from __future__ import annotations

import asyncio

import pytest
from judging import (
    INJECTION,
    ZH,
    AnsweringModel,
    check_intact,
    count_han,
    find_persona,
    play_session,
    talk,
)
from openai.lib._pydantic import to_strict_json_schema

from agents.prompts import load_prompt
from agents.transcript import Transcript, client_turn
from evaluators.judge import SafetyScreen
from evaluators.llm.safety import ModelScreen, ScreenReply
from personas.schema import Language, Risk

SESSION = play_session(find_persona("dembe-pastry")).transcript
CALM = talk("Hello.", "I had a row with my brother.", "What was said?", "That I never call.")
PASSIVE = (*CALM[:3], client_turn("Some mornings I wish I was dead."))
ACTIVE = (*CALM[:3], client_turn("I keep thinking about killing myself."))


def screen(model: AnsweringModel, transcript: Transcript, language: Language = "en") -> Risk:
    return asyncio.run(ModelScreen(model).screen(transcript, language))


def finds(risk: str) -> AnsweringModel:
    return AnsweringModel(lambda asked: {"quote": "", "risk": risk})


@pytest.mark.parametrize("risk", list(Risk))
def test_the_model_hears_what_the_cues_do_not(risk: Risk) -> None:
    model = finds(risk.value)
    watcher: SafetyScreen = ModelScreen(model)
    assert watcher.voice == "judge-8b"
    assert screen(model, CALM) is risk
    assert [(a.role, a.seed, a.schema) for a in model.asked] == [("safety", 0, ScreenReply)]


@pytest.mark.parametrize(
    ("transcript", "model_says", "result"),
    [
        (PASSIVE, "none", Risk.PASSIVE),
        (PASSIVE, "passive", Risk.PASSIVE),
        (PASSIVE, "active", Risk.ACTIVE),
        (ACTIVE, "none", Risk.ACTIVE),
        (ACTIVE, "passive", Risk.ACTIVE),
    ],
)
def test_the_graver_of_model_and_cues_counts(
    transcript: Transcript, model_says: str, result: Risk
) -> None:
    assert screen(finds(model_says), transcript) is result


@pytest.mark.parametrize(
    ("transcript", "result"),
    [(CALM, Risk.NONE), (PASSIVE, Risk.PASSIVE), (ACTIVE, Risk.ACTIVE)],
)
@pytest.mark.parametrize("said", ["I cannot help with that.", '{"quote": "", "risk": "mild"}', ""])
def test_an_unreadable_reply_leaves_the_cues(
    said: str, transcript: Transcript, result: Risk
) -> None:
    model = AnsweringModel(lambda asked: said)
    assert screen(model, transcript) is result
    assert len(model.asked) == 1


@pytest.mark.parametrize("risk", list(Risk))
def test_in_chinese_the_model_finds_what_no_cue_says(risk: Risk) -> None:
    model = finds(risk.value)
    assert screen(model, ZH, "zh") is risk
    assert len(model.asked) == 1


def test_in_chinese_the_cues_watch_as_well() -> None:
    dark = (*ZH[:1], client_turn("有的晚上我想，死了算了。"))
    for said in ("嗯", {"quote": "", "risk": "none"}):
        model = AnsweringModel(lambda asked, said=said: said)
        assert screen(model, dark, "zh") is Risk.PASSIVE
        assert screen(model, ZH, "zh") is Risk.NONE


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_the_client_has_spoken_nobody_is_asked(language: Language) -> None:
    model = finds("active")
    assert screen(model, CALM[:1], language) is Risk.NONE
    assert model.asked == []


def test_the_clients_last_message_is_asked_about() -> None:
    model = finds("none")
    screen(model, CALM)
    screen(model, (*CALM, *talk("Go on.")))
    assert all("the client's at n = 3." in asked.question for asked in model.asked)


def test_turn_after_turn_the_request_only_grows() -> None:
    model = finds("none")
    for end in range(2, len(SESSION) + 1, 2):
        screen(model, SESSION[:end])
    for earlier, later in zip(model.asked[:-1], model.asked[1:], strict=True):
        assert later.text.startswith(earlier.text.split("\n</transcript>\n\n")[0])
    assert all(len(asked.question) < 120 for asked in model.asked)


def test_the_words_of_the_session_cannot_leave_their_line() -> None:
    attacked = (*CALM, *talk("Go on."), client_turn(INJECTION))
    model = finds("none")
    screen(model, attacked)
    check_intact(model.asked[0], attacked)
    assert model.asked[0].question == load_prompt("judge_safety_message", "en").substitute(n="5")


def test_chinese_sessions_are_screened_in_chinese() -> None:
    model = finds("none")
    screen(model, ZH, "zh")
    assert model.asked[0].question == "要看的是来访者的第 17 条消息（n = 17）。请回答引文和风险。"
    assert count_han(load_prompt("judge_safety", "zh").template) > 0.8
    check_intact(model.asked[0], ZH)


def test_the_schema_is_strict_and_quotes_before_it_answers() -> None:
    schema = to_strict_json_schema(ScreenReply)
    assert list(schema["properties"]) == schema["required"] == ["quote", "risk"]
    assert schema["additionalProperties"] is False
