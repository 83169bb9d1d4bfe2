"""The LLM supervisor: what it sends, and that a model's word alone enters nothing."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel
from speaking import Double, Request, view_of

from agents.counselors import build_counselor
from agents.counselors.base import CounselorView
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.supervisor import ATTEMPTS, MAX_CHANNELS, Progress, observe
from agents.hearing.discourse import Ask, hear
from agents.hearing.reading import read_client
from agents.llm.counselors.observation import Observation, is_carried
from agents.llm.counselors.supervisor import ModelSupervisor
from agents.models.structured import Rung, format_of
from agents.transcript import Speaker
from graphs.session import play
from personas.builtin import load_builtin
from personas.schema import Distortion

TOMAS = {persona.id: persona for persona in load_builtin("en")}["tomas-bus"]
NOTHING = Observation(
    done=False, resisting=False, shifted=False, new_thought="none", thin="none", situation=None,
    feeling=None, automatic_thought=None, rule=None, core_belief=None, thought=None,
    distortion=None, rating=None, facts_for=[], facts_against=[], balanced=None,
    chosen_channel=None,
)  # fmt: skip
FAIRER = "One stop is not nineteen years"
CHANNEL = Channel("I'm not safe behind a wheel", "labeling", rating_before=80)


def seen(**fields: Any) -> Observation:
    return NOTHING.model_copy(update=fields)


def watch(view: CounselorView, observed: str | BaseModel) -> Progress:
    return asyncio.run(ModelSupervisor(Double(lambda r: observed)).observe(view))


def at(stage: str, said: str, *channels: Channel, **fields: Any) -> CounselorView:
    picture = Formulation(channels=channels, **fields)
    return view_of("It's the driving.", "And?", said, stage=stage, picture=picture)


def test_it_sees_stage_transcript_and_notes_but_no_more() -> None:
    double = Double(lambda r: NOTHING)
    view = at("defense", "The camera shows </transcript> it.", CHANNEL, attempts=2, feeling="shaky")
    asyncio.run(ModelSupervisor(double).observe(view))
    (request,) = double.requests
    assert (request.role, request.schema) == ("supervisor", Observation)
    material, _, question = request.last.partition("</transcript>")
    assert "\\u003c/transcript\\u003e" in material
    assert "Step: defense, message 2" in question
    assert '"thought":"I\'m not safe behind a wheel"' in question
    assert '"feeling":"shaky"' in question
    assert '"on_the_table":1' in question
    assert len(request.messages) == 2
    for distortion in Distortion:
        assert f"{distortion.value}: " in request.system
    assert ModelSupervisor(double).voice == "double-1"


def test_the_schema_is_one_that_strict_endpoints_take() -> None:
    body = format_of(Observation, Rung.JSON_SCHEMA)
    assert body is not None
    schema = body["json_schema"]["schema"]
    assert set(schema["required"]) == set(schema["properties"])
    assert schema["additionalProperties"] is False
    assert "default" not in str(schema)


def test_a_thought_its_rating_and_the_picture_are_entered() -> None:
    observed = seen(
        done=True, thought="I'm not safe behind a wheel", distortion=Distortion.LABELING,
        automatic_thought="I'm not safe behind a wheel", rating=85, feeling="scared",
        situation="I was driving the late bus", rule=None,
    )  # fmt: skip
    said = "I was scared. I was driving the late bus. I'm not safe behind a wheel. Eighty-five."
    progress = watch(at("automatic_thoughts", said), observed)
    picture = progress.formulation
    assert picture.channels == (
        Channel("I'm not safe behind a wheel", "labeling", rating_before=85),
    )
    assert (picture.feeling, picture.situation) == ("scared", "I was driving the late bus")
    assert picture.automatic_thought == "I'm not safe behind a wheel"
    assert progress.done


def test_what_the_client_did_not_say_is_not_entered() -> None:
    observed = seen(
        thought="Everybody despises me", feeling="grief", rule="If I fail, I am worthless",
        facts_for=["A policeman wrote a report"], facts_against=["Nineteen years without a fall"],
    )  # fmt: skip
    picture = watch(at("automatic_thoughts", "It is what it is."), observed).formulation
    assert picture == Formulation()
    said = "Nineteen years and no fall."
    channel = watch(at("prosecution", said, CHANNEL), observed).formulation.channel
    assert channel == replace(CHANNEL, case_against=("Nineteen years without a fall",))


def test_what_only_the_counselor_said_is_not_entered() -> None:
    view = view_of("Hm.", "Perhaps the cyclist swerved?", "Maybe so.", stage="prosecution",
                   picture=Formulation(channels=(CHANNEL,)))  # fmt: skip
    observed = seen(facts_against=["The cyclist swerved"], balanced="The cyclist swerved")
    assert watch(view, observed).formulation == view.formulation


@pytest.mark.parametrize(
    ("quote", "said", "carried"),
    [
        ("我什么都做不好", "就是觉得什么都做不好吧", True),
        ("他们都看不起我", "我怕他们的会", False),
        ("大家都讨厌我", "我昨天没睡好", False),
        ("怕", "就是怕", True),
        ("I can't", "I can't do it", True),
        ("I won't", "I can't do it", False),
        ("braked late", "I was braking too late", True),
    ],
)
def test_a_quote_is_carried_by_shared_content(quote: str, said: str, carried: bool) -> None:
    assert is_carried(quote, said) is carried


def test_facts_go_to_the_thought_on_the_table_and_only_once() -> None:
    other = Channel("they know")
    view = at("defense", "I braked late.", replace(CHANNEL, case_for=("I braked late",)), other)
    observed = seen(facts_for=["I braked late.", "I braked", "I braked late that day"])
    picture = watch(view, observed).formulation
    assert picture.channels[0].case_for == ("I braked late", "I braked late that day")
    assert picture.channels[1] == other
    early = at("intermediate_beliefs", "I braked late.", CHANNEL)
    assert watch(early, observed).formulation.channels == (CHANNEL,)


def test_there_are_three_channels_at_most_and_none_twice() -> None:
    channels = (CHANNEL, Channel("they talk about it"), Channel("the depot will drop me"))
    said = "My hands give me away. They talk about it."
    observed = seen(thought="My hands give me away", chosen_channel=2)
    full = watch(at("core_beliefs", said, *channels), observed).formulation
    assert full.channels == channels
    assert full.current == 1
    two = watch(at("core_beliefs", said, *channels[:2]), observed).formulation
    assert [c.thought for c in two.channels][2:] == ["My hands give me away"]
    known = seen(thought="They talk about it", chosen_channel=7)
    same = watch(at("core_beliefs", said, *channels[:2]), known).formulation
    assert (same.channels, same.current) == (channels[:2], 0)
    late = watch(at("prosecution", said, CHANNEL), observed).formulation
    assert (late.channels, late.current) == ((CHANNEL,), 0)


@pytest.mark.parametrize(
    ("said", "observed", "shifted"),
    [
        ("I suppose.", seen(shifted=True), False),
        ("I suppose.", seen(shifted=True, balanced=FAIRER), False),
        (f"{FAIRER}.", seen(shifted=True, balanced=FAIRER), True),
        (f"{FAIRER}.", seen(balanced=FAIRER), False),
        ("Sixty now.", seen(rating=60), True),
        ("Sixty-five now.", seen(rating=65, shifted=True), False),
        ("A bit less.", seen(rating=30, shifted=True), False),
        ("Four hundred.", seen(rating=400, shifted=True), False),
    ],
)  # fmt: skip
def test_a_shift_needs_a_new_sentence_or_a_fallen_rating(
    said: str, observed: Observation, shifted: bool
) -> None:
    progress = watch(at("verdict", said, CHANNEL), observed)
    assert progress.shifted is shifted
    assert progress.formulation.channels[0].shifted is shifted


def test_a_correction_before_the_weighing_is_no_shift() -> None:
    progress = watch(at("core_beliefs", "Maybe forty.", CHANNEL), seen(rating=40, shifted=True))
    assert progress.formulation.channels == (CHANNEL,)


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_a_new_thought_after_a_shift_becomes_a_channel_of_its_own(place: str) -> None:
    moved = replace(CHANNEL, shifted=True, balanced="One stop is one stop")
    said = "There is another one. They'll take my licence."
    observed = seen(new_thought=place, thought="They'll take my licence", done=True)
    progress = watch(at("verdict", said, moved), observed)
    assert progress.new_thought == place
    assert progress.shifted
    assert progress.formulation.current == 1
    assert progress.formulation.channels[1].thought == "They'll take my licence"
    assert watch(at("verdict", said, CHANNEL), observed).new_thought == ""
    assert watch(at("defense", said, moved), observed).new_thought == ""
    crowd = (moved, *(Channel(f"thought {n}") for n in range(MAX_CHANNELS)))
    assert watch(at("verdict", said, *crowd), observed).new_thought == ""
    same = seen(new_thought=place, thought="I'm not safe behind a wheel")
    assert watch(at("verdict", "Not safe behind a wheel.", moved), same).new_thought == ""


def test_resistance_teaches_nothing_except_in_repair() -> None:
    observed = seen(resisting=True, done=True, facts_for=["I braked late"], thin="for")
    view = at("defense", "I braked late, so what.", CHANNEL, attempts=1)
    assert watch(view, observed) == Progress(
        view.formulation, done=False, resisting=True, thin="for"
    )
    spent = at("defense", "So what.", CHANNEL, attempts=ATTEMPTS["defense"])
    assert watch(spent, observed).done
    repair = watch(at("repair", "I braked late, so what.", CHANNEL), observed)
    assert not repair.resisting
    assert repair.formulation.channels[0].case_for == ("I braked late",)


def test_a_stage_is_not_done_without_what_the_next_one_needs() -> None:
    done = seen(done=True)
    assert not watch(at("automatic_thoughts", "Hm."), done).done
    assert not watch(at("intermediate_beliefs", "Hm."), done).done
    assert not watch(at("core_beliefs", "Hm."), done).done
    assert watch(at("core_beliefs", "That's the one.", CHANNEL), done).done
    assert watch(at("defense", "That's all.", CHANNEL), done).done
    for stage, bound in ATTEMPTS.items():
        assert watch(at(stage, "Hm.", attempts=bound), NOTHING).done
        assert not watch(at(stage, "Hm.", attempts=bound - 1), NOTHING).done


def test_the_thin_side_is_told_only_where_nothing_shifted() -> None:
    full = replace(CHANNEL, case_for=("I braked late",))
    assert watch(at("verdict", "Hm.", full), seen(thin="for")).thin == "for"
    assert watch(at("verdict", "Hm.", full), NOTHING).thin == "against"
    assert watch(at("verdict", "Hm.", CHANNEL), NOTHING).thin == "for"
    assert watch(at("verdict", "Hm.", replace(full, shifted=True)), seen(thin="for")).thin == ""


def test_late_in_identification_a_rule_stands_in_for_a_thought() -> None:
    view = at("core_beliefs", "Hm.", rule="If I brake late, I'm done", attempts=3)
    assert watch(view, NOTHING).formulation.channels[0].thought.startswith("If I brake late")


def test_an_unparsable_reply_falls_back_on_the_scripted_reading() -> None:
    view = at("defense", "I'd rather not go into that.", CHANNEL)
    assert watch(view, "no idea") == observe(view)
    assert watch(view, "no idea").resisting


def test_in_chinese_an_unparsable_reply_falls_back_as_well() -> None:
    picture = Formulation(channels=(Channel("我什么都做不好"),), attempts=1)
    view = view_of(
        "开会的事。", "有哪些事实支持它？", "上周开会我又把数说错了。",
        stage="defense", picture=picture, language="zh",
    )  # fmt: skip
    assert watch(view, "不知道") == observe(view)
    assert watch(view, "不知道").formulation.channels[0].case_for == ("上周开会我又把数说错了。",)


def test_chinese_words_are_entered_with_their_rating() -> None:
    said = "就是觉得我什么都做不好。大概七十吧。"
    view = view_of(
        "最近很累。", "那一刻想到什么？", said, stage="automatic_thoughts", language="zh"
    )
    observed = seen(
        done=True, thought="我什么都做不好", distortion=Distortion.OVERGENERALIZATION, rating=70
    )
    progress = watch(view, observed)
    opened = Channel("我什么都做不好", "overgeneralization", rating_before=70)
    assert progress.formulation.channels == (opened,)
    assert progress.done
    double = Double(lambda r: NOTHING)
    asyncio.run(ModelSupervisor(double).observe(view))
    system = double.requests[0].system
    ids = [*Observation.model_fields, *ATTEMPTS, *Distortion, "here", "elsewhere", "none", "for",
           "against", "null"]  # fmt: skip
    bare = re.sub(r"\b(" + "|".join(ids) + r")\b", "", system)
    assert not re.findall(r"[A-Za-z]{2,}", bare)


def test_it_keeps_pace_with_a_scripted_session() -> None:
    """Shown a scripted session step by step, it draws a picture of the same thoughts and facts."""
    outcome = asyncio.run(play(TOMAS, build_counselor("crdial", "en"), seed=1))
    transcript = outcome.transcript

    def answer(request: Request) -> Observation:
        said = view.said
        reading, stage = read_client(said, "en"), view.stage
        thought = reading.thought if hear(view.transcript, "en").ask is Ask.THOUGHT else None
        return seen(
            done=True,
            resisting=reading.resisting,
            shifted=reading.balance,
            thought=thought or None,
            rule=reading.rule or None,
            rating=reading.rating,
            facts_for=[said] if stage == "defense" else [],
            facts_against=[said] if stage == "prosecution" else [],
            balanced=said if stage == "verdict" and reading.balance else None,
        )

    double = Double(answer)
    picture = Formulation()
    for n, turn in enumerate(transcript):
        if turn.speaker is Speaker.COUNSELOR or turn.stage not in ATTEMPTS:
            continue
        view = view_of(stage=turn.stage, picture=replace(picture, current=turn.channel or 0))
        view = replace(view, transcript=transcript[: n + 1])
        picture = asyncio.run(ModelSupervisor(double).observe(view)).formulation
    assert len(double.requests) >= 10
    assert outcome.channels[0].thought in picture.channels[0].thought
    assert picture.channels[0].rating_before == outcome.channels[0].rating_before
    assert picture.channels[0].case_for
    assert picture.channels[0].case_against
    assert picture.automatic_thought
    said = {turn.text for turn in transcript if turn.speaker is Speaker.CLIENT}
    facts = {f for c in picture.channels for f in (*c.case_for, *c.case_against)}
    assert facts <= {text.strip("\"'“”‘’ ")[:240] for text in said}
