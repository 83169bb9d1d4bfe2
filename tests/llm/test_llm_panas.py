from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from judging import (
    INJECTION,
    PERSONAS,
    ZH,
    AnsweringModel,
    check_intact,
    count_han,
    find_persona,
    play_session,
    talk,
)
from openai.lib._pydantic import to_strict_json_schema

from agents.mind.state import Mind, begin
from agents.prompts import load_prompt
from agents.transcript import Transcript, client_turn
from evaluators.judge import MoodObserver, SelfReporter
from evaluators.llm.panas import ModelObserver, ModelSelfReporter, PanasReply
from evaluators.llm.person import describe_mood, describe_person, load_words
from evaluators.panas import panas_sums
from evaluators.scale import load_scale
from evaluators.scripted.panas_observer import find_part, observe
from evaluators.verdict import PanasReading
from personas.schema import Attitude, Language, Persona

WORDS = [item.id for item in load_scale("panas").items]
PERSONA = find_persona("dembe-pastry")
SESSION = play_session(PERSONA).transcript
MIND = begin(PERSONA, 0)
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def answers(score: int | None) -> dict[str, int | None]:
    return dict.fromkeys(WORDS, score)


def observe_with(
    model: AnsweringModel, transcript: Transcript = SESSION, language: Language = "en"
) -> tuple[PanasReading, PanasReading]:
    return asyncio.run(ModelObserver(model).observe(transcript, language))


def report_with(
    model: AnsweringModel,
    moment: str = "after",
    persona: Persona = PERSONA,
    mind: Mind = MIND,
    seed: int = 0,
) -> PanasReading:
    reporter: SelfReporter = ModelSelfReporter(model)
    return asyncio.run(reporter.report(persona, mind, SESSION, seed, moment))


def test_the_observer_reads_twenty_answers_before_and_after() -> None:
    model = AnsweringModel(lambda asked: {**answers(len(model.asked)), "proud": 5, "afraid": None})
    observer: MoodObserver = ModelObserver(model)
    before, after = asyncio.run(observer.observe(SESSION, "en"))
    assert (observer.name, observer.voice) == ("judge-8b", "judge-8b")
    for level, reading in enumerate((before, after), start=1):
        assert reading.reader == "observer"
        assert len(reading.scores) == 20
        assert reading.scores[WORDS.index("interested")] == level
        assert reading.scores[WORDS.index("proud")] == 5
        assert reading.scores[WORDS.index("afraid")] is None
        assert panas_sums(reading) == (9 * level + 5, None)
    assert [(asked.role, asked.schema) for asked in model.asked] == [("panas", PanasReply)] * 2


def test_the_early_reading_knows_nothing_of_what_came_later() -> None:
    model = AnsweringModel(lambda asked: answers(3))
    observe_with(model)
    early, late = model.asked
    first_third, last_third = find_part(SESSION, "before"), find_part(SESSION, "after")
    check_intact(early, SESSION[: first_third[-1] + 1])
    check_intact(late, SESSION[: last_third[-1] + 1])
    assert f"from n = {first_third[0]} to n = {first_third[-1]}:" in early.question
    assert f"from n = {last_third[0]} to n = {last_third[-1]}:" in late.question
    block = early.text.split("\n</transcript>")[0]
    assert late.text.startswith(block)  # the second request repeats the first up to there


@pytest.mark.parametrize("said", ["I cannot tell.", '{"interested": 3}', ""])
def test_an_unreadable_reply_is_all_missing(said: str) -> None:
    before, after = observe_with(AnsweringModel(lambda asked: said))
    assert before == after == PanasReading("observer", (None,) * 20)
    assert report_with(AnsweringModel(lambda asked: said)) == PanasReading("self", (None,) * 20)


@pytest.mark.parametrize("score", [0, 6, 2.5])
def test_answers_out_of_range_do_not_parse(score: float) -> None:
    model = AnsweringModel(lambda asked: {**answers(3), "hostile": score})
    assert observe_with(model)[0].scores == (None,) * 20


def test_too_short_a_session_is_missing_for_both_kinds_of_observer() -> None:
    model, short = AnsweringModel(lambda asked: answers(3)), SESSION[:12]
    assert observe_with(model, short) == tuple(
        observe(short, "en", moment) for moment in ("before", "after")
    )
    assert model.asked == []


def test_the_client_answers_in_character_before_and_after() -> None:
    model = AnsweringModel(lambda asked: answers(2))
    for moment in ("before", "after"):
        reading = report_with(model, moment)
        assert reading == PanasReading("self", (2,) * 20)
    before, after = model.asked
    check_intact(before, ())
    check_intact(after, SESSION)
    assert before.system == after.system
    assert "Work: Catering student" in before.system
    assert PERSONA.profile.automatic_thought in before.system
    assert "The session has not begun." in before.question
    assert "The session is over." in after.question
    assert describe_mood(MIND, "en") in before.question


def test_seeds_follow_persona_seed_and_moment_alone() -> None:
    model = AnsweringModel(lambda asked: answers(2))
    for moment, seed in (("before", 0), ("after", 0), ("before", 1), ("before", 0)):
        report_with(model, moment, seed=seed)
    seeds = [asked.seed for asked in model.asked]
    assert len(set(seeds)) == 3
    assert seeds[0] == seeds[3] == 1_255_920_768  # the same in every process
    assert all(0 <= seed < 2**31 for seed in seeds if seed is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_attitude_shows_in_what_the_client_is_told_of_itself(language: Language) -> None:
    told = set()
    for attitude in Attitude:
        persona = PERSONA.model_copy(update={"attitude": attitude, "language": language})
        model = AnsweringModel(lambda asked: answers(2))
        report_with(model, "before", persona, begin(persona, 0))
        told.add(model.asked[0].question)
        assert load_words(language)["attitude"][attitude] in model.asked[0].system
    assert len(told) == 3  # the mind alone already differs


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_level_of_the_mind_has_its_words(language: Language) -> None:
    for name in ("distress", "hope", "tension", "trust"):
        moods = [describe_mood(replace(MIND, **{name: level}), language) for level in range(101)]
        assert len(set(moods)) == len(load_words(language)["mood"][name]) == 8
        assert sorted(set(moods), key=moods.index) == list(dict.fromkeys(moods))
        low, high = load_words(language)["mood"][name][0], load_words(language)["mood"][name][-1]
        assert low in moods[0]
        assert high in moods[100]
    assert not re.search(r"\d", describe_mood(MIND, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_level_of_the_mind_stands_in_a_prompt_as_a_number(language: Language) -> None:
    persona = PERSONA.model_copy(update={"language": language})
    odd = replace(MIND, trust=41.7, tension=43.3, distress=77.7, hope=33.3, beliefs=(87.6, 66.6))
    model = AnsweringModel(lambda asked: answers(2))
    report_with(model, "after", persona, odd)
    outside = model.asked[0].system + model.asked[0].question
    for number in ("41", "43", "77", "33", "87", "66", "42", "78", "88", "67"):
        assert number not in outside


def test_a_person_is_told_all_of_its_form_and_no_blanks() -> None:
    for persona in PERSONAS:
        told = describe_person(persona)
        form = {**persona.demographics.model_dump(), **persona.intake.model_dump()}
        assert all(str(answer) in told for answer in form.values() if answer)
        assert all(not line.endswith(": ") for line in told.split("\n"))
        assert "None" not in told.replace("None.", "")
        assert len(told.split("\n")) == sum(bool(answer) for answer in form.values()) + 2


def test_the_words_of_the_session_cannot_leave_their_line() -> None:
    attacked = (*SESSION[:3], client_turn(INJECTION), *SESSION[4:])
    clean, dirty = (AnsweringModel(lambda asked: answers(1)) for _ in range(2))
    observe_with(clean)
    observe_with(dirty, attacked)
    reporter = ModelSelfReporter(dirty)
    asyncio.run(reporter.report(PERSONA, MIND, attacked, 0, "after"))
    report_with(clean)
    check_intact(dirty.asked[0], attacked[: find_part(attacked, "before")[-1] + 1])
    check_intact(dirty.asked[1], attacked[: find_part(attacked, "after")[-1] + 1])
    check_intact(dirty.asked[2], attacked)
    assert [a.question for a in dirty.asked] == [a.question for a in clean.asked]


def test_chinese_sessions_are_read_in_chinese() -> None:
    model = AnsweringModel(lambda asked: answers(3))
    observe_with(model, ZH, "zh")
    report_with(model, "before", PERSONA.model_copy(update={"language": "zh"}))
    assert len(model.asked) == 3
    for asked in model.asked:
        assert "interested：感兴趣的" in asked.system
        assert "5 极其多" in asked.system
        assert count_han(asked.question) > 0.7
    for part in ("judge_panas", "self_panas", "self_panas_before", "self_panas_after"):
        assert count_han(load_prompt(part, "zh").template) > 0.7


def test_the_schema_is_strict_and_has_the_words_in_order() -> None:
    schema = to_strict_json_schema(PanasReply)
    assert list(schema["properties"]) == schema["required"] == WORDS
    assert schema["additionalProperties"] is False


def test_the_observer_is_not_swayed_by_the_order_of_keys() -> None:
    shuffled = dict(reversed([(word, 1 + i % 5) for i, word in enumerate(WORDS)]))
    reading = observe_with(AnsweringModel(lambda asked: shuffled))[0]
    assert reading.scores == tuple(1 + i % 5 for i in range(20))


def test_a_session_of_nine_client_messages_is_enough() -> None:
    model = AnsweringModel(lambda asked: answers(3))
    texts = [f"Word {n}." for n in range(18)]
    observe_with(model, talk(*texts))
    assert [re.findall(r"n = (\d+)", asked.question) for asked in model.asked] == [
        ["1", "5"],
        ["13", "17"],
    ]


def test_questions_are_short() -> None:
    model = AnsweringModel(lambda asked: answers(3))
    observe_with(model)
    report_with(model)
    assert all(len(asked.question) < 400 for asked in model.asked)
