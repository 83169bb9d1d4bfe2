"""LLM counselors in whole sessions and alone: what they send, what they make of replies, when they end."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import get_args

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from pydantic import BaseModel
from speaking import MARK, Double, Request, exchanges, plant, repeated_share, view_of

from agents.counselors.base import Counselor, PlanningCounselor, Utterance
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.techniques import load_techniques
from agents.llm.counselors.cactus import ModelCactusCounselor
from agents.llm.counselors.cbt_qa import FivePartAnswer
from agents.llm.counselors.crdial import ModelCrdialCounselor
from agents.llm.counselors.plain import ModelPlainCounselor
from agents.llm.counselors.planner import LONGEST_STEP, FirstPlan, PlanReview, Technique
from agents.llm.counselors.protocols import MODEL_PROTOCOLS, build_model_counselor
from agents.llm.counselors.speech import UnusableReply
from agents.llm.lines import load_lines
from agents.prompts import load_prompt
from agents.transcript import Speaker, Strategy, turns_of
from graphs.session import play
from graphs.state import Finish, Outcome
from personas.builtin import load_builtin
from personas.errors import InputError
from personas.schema import Language, Persona

PERSONAS = {persona.id: persona for persona in load_builtin("en")}
TOMAS = PERSONAS["tomas-bus"]
STEPS = ["agree on today", "one moment", "find the thought", "facts for it", "facts against it"]
LINES = {
    "Automatic": (
        "[Question] What happened the last time it got to you?",
        "[Restatement] So it came back. [Question] What went through your mind just then?",
        "[Reflection of Feelings] That sounds frightening. [Question] From nought to a hundred, "
        "how true did it feel?",
        "[Question] And in that second, what did you tell yourself?",
        "[Question] How true does that feel, on a scale to a hundred?",
    ),
    "Intermediate": (
        "[Question] If that were true, what would it mean about you?",
        "[Question] And what does that say about somebody in your place?",
        "[Question] So if it happens once, then what follows?",
    ),
    "Core": (
        "[Question] What else went through your mind in that moment?",
        "[Information] I hear two thoughts in it. [Question] Which of them shall we look at first?",
        "[Question] Does that sound right, or did I miss something?",
        "[Question] Which one weighs more?",
    ),
    "Defense": (
        "[Question] What are the facts that speak for it?",
        "[Question] What else happened that supports it?",
        "[Question] What would a camera have seen?",
    ),
    "Prosecution": (
        "[Question] When was it not like that?",
        "[Question] What else speaks against it?",
        "[Question] What would a friend say who saw it?",
        "[Question] What happened afterwards?",
    ),
    "Verdict": (
        "[Question] Taking both sides, how would you put it now?",
        "[Question] How true does the old thought feel now, to a hundred?",
        "[Question] What is left of it?",
        "[Question] How else could you say it, so that you believe it?",
    ),
    "Repair": ("[Affirmation and Reassurance] We can leave that. [Negotiate] You choose.",),
    "Closing": (
        "[Question] What would you like to take with you?",
        "[Question] How was this for you?",
        "[Affirmation and Reassurance] Take care on the road. [End]",
    ),
    "Time": ("[Affirmation and Reassurance] You have said true things. [Information] We stop here.",),
}  # fmt: skip


def speak_by_stage() -> Callable[[Request], str]:
    """An answer for the stage that the note names, the next of its lines, none twice in a row."""
    said: Counter[str] = Counter()

    def answer(request: Request) -> str:
        stage = re.search(r"Step: (\w+)", request.last)
        assert stage is not None, request.last
        lines = LINES[stage[1]]
        said[stage[1]] += 1
        return lines[(said[stage[1]] - 1) % len(lines)]

    return answer


def talk_on() -> Callable[[Request], str | BaseModel]:
    """Plans and talks without ever ending of its own accord."""
    questions = (
        "What happened the last time?", "What went through your mind?", "What did you feel then?",
        "What are the facts that speak for it?", "When was it not like that?",
        "What would a friend say?", "How would you put it now?",
    )  # fmt: skip

    def answer(request: Request) -> str | BaseModel:
        if request.schema is FirstPlan:
            return FirstPlan(technique="reality_testing", plan=STEPS)
        if request.schema is PlanReview:
            step = min(len(request.last) // 400, len(STEPS))
            return PlanReview(keep=True, step=step, technique="reality_testing", plan=STEPS)
        if request.schema is FivePartAnswer:
            return ANSWER
        number = len(request.messages)
        return f"You said so, {number}. {questions[number // 2 % len(questions)]}"

    return answer


ANSWER = FivePartAnswer(
    validation="You braked hard, and it has stayed with you. That is a lot to carry.",
    key_thought="“I'm not safe” stands for all nineteen years.",
    challenge="What did the inspector write down?",
    strategy="Tomorrow, note one stop that went well.",
    encouragement="You came to talk about it.",
)


def build(protocol: str, model: Double, language: Language = "en") -> Counselor:
    return build_model_counselor(protocol, model, language, f"{protocol}@double")


def play_with(persona: Persona, counselor: Counselor) -> Outcome:
    return asyncio.run(play(persona, counselor, seed=0))


def speak(counselor: Counselor, *said: str, **rest: object) -> Utterance:
    return asyncio.run(counselor.speak(view_of(*said, **rest)))  # type: ignore[arg-type]


def answer_of(protocol: str) -> Callable[[Request], str | BaseModel]:
    return speak_by_stage() if protocol == "crdial" else talk_on()


def sessions(protocol: str, personas: list[Persona]) -> Iterator[tuple[Double, Outcome]]:
    for persona in personas:
        model = Double(answer_of(protocol))
        yield model, play_with(persona, build(protocol, model))


def test_crdial_walks_its_stages_and_closes_by_the_marker() -> None:
    outcomes = [outcome for _, outcome in sessions("crdial", list(PERSONAS.values())[::3])]
    stages = {turn.stage for o in outcomes for turn in turns_of(o.transcript, Speaker.COUNSELOR)}
    assert {"automatic_thoughts", "core_beliefs", "defense", "prosecution", "verdict"} <= stages
    closed = [o for o in outcomes if o.finish in {Finish.RESOLVED, Finish.COUNSELOR_ENDED}]
    assert closed
    for outcome in closed:
        last = outcome.transcript[-1]
        assert last.stage == "closing"
        assert "End" not in last.text
        assert all(s.strategy for turn in outcome.transcript if turn.stage != "opening"
                   and turn.speaker is Speaker.COUNSELOR for s in turn.sentences)  # fmt: skip
    assert all(outcome.voices.counselor == "double-1" for outcome in outcomes)


@pytest.mark.parametrize("protocol", ["plain", "cactus"])
def test_talk_ends_at_the_twentieth_exchange_at_the_latest(protocol: str) -> None:
    ends = Counter[int]()
    for _, outcome in sessions(protocol, list(PERSONAS.values())[::4]):
        own = turns_of(outcome.transcript, Speaker.COUNSELOR)[1:]
        assert len(own) <= 20
        if outcome.finish in {Finish.RESOLVED, Finish.COUNSELOR_ENDED}:
            ends[len(own)] += 1
    assert set(ends) == {20}


@pytest.mark.parametrize("protocol", ["plain", "cactus"])
def test_the_model_may_end_before(protocol: str) -> None:
    double = Double(lambda r: "Go well, Ana. [End]" if r.schema is None else talk_on()(r))
    said = speak(build(protocol, double), *exchanges(6))
    assert said.closes
    assert [s.text for s in said.sentences] == ["Go well, Ana."]
    stays = Double(talk_on())
    assert not speak(build(protocol, stays), *exchanges(6)).closes
    assert speak(build(protocol, stays), *exchanges(19)).closes


@pytest.mark.parametrize("protocol", ["plain", "cactus"])
def test_time_is_called_from_the_eighteenth_message_on(protocol: str) -> None:
    double = Double(talk_on())
    for count in (16, 17, 19):
        speak(build(protocol, double), *exchanges(count))
    before, due, last = (request.last for request in double.of("counselor"))
    assert "[End]" not in before
    assert load_prompt("time_to_close", "en").substitute() in due
    assert load_prompt("last_message", "en").substitute() in last


def test_crdial_closes_only_where_it_may() -> None:
    double = Double(lambda r: "[Affirmation and Reassurance] Go well. [End]")
    counselor = ModelCrdialCounselor(double, "en", "crdial@x")

    def closes(stage: str, attempts: int = 0) -> bool:
        picture = Formulation(attempts=attempts)
        return speak(counselor, "Fine.", stage=stage, picture=picture).closes

    assert closes("closing")
    assert not closes("defense")
    double.answer = lambda r: "[Question] How was this for you?"
    assert not closes("closing", 1)
    assert closes("closing", 2)
    assert closes("time_up")


def test_thinking_about_the_end_does_not_end() -> None:
    double = Double(lambda r: "<think>Not yet time for [End].</think>And then?")
    assert not speak(ModelPlainCounselor(double, "en", None, "plain@x"), "Fine.").closes


def test_crdial_sends_guide_tagged_history_and_a_short_note_last() -> None:
    double = Double(speak_by_stage())
    counselor = ModelCrdialCounselor(double, "en", "crdial@x")
    channel = Channel("I'm not safe", rating_before=80)
    picture = Formulation(channels=(channel, Channel("they know")), attempts=1)
    view = view_of("It's the driving.", stage="core_beliefs", picture=picture)
    first = asyncio.run(counselor.speak(view))
    own = replace(view.transcript[0], sentences=first.sentences)
    later = replace(view, transcript=(*view.transcript, own, view.transcript[1]))
    asyncio.run(counselor.speak(later))
    messages = double.requests[1].messages
    kinds = [type(message) for message in messages]
    assert kinds == [SystemMessage, *[HumanMessage, AIMessage] * 2, HumanMessage]
    assert str(messages[4].content).startswith("[Question] What else")
    note = double.requests[1].last.removeprefix("It's the driving.").strip()
    assert "Core beliefs" in note
    assert "number 2" in note
    assert "“I'm not safe”, rated 80" in note
    assert "“they know”" in note
    assert len(note) < 260
    for strategy in Strategy:
        assert f"[{strategy.value}]" in double.requests[1].system


def test_at_the_end_the_note_gives_what_the_client_found() -> None:
    double = Double(lambda r: "[Question] How was this?")
    found = Channel("I'm not safe", shifted=True, balanced="I braked late once")
    picture = Formulation(channels=(found, Channel("they know")), current=1)
    for stage in ("closing", "time_up"):
        speak(build("crdial", double), "Fine.", stage=stage, picture=picture)
        assert "“I braked late once”" in double.requests[-1].last
        assert "they know" not in double.requests[-1].last
    speak(build("crdial", double), "Fine.", stage="closing", picture=Formulation())
    assert "“" not in double.requests[-1].last


@pytest.mark.parametrize("protocol", ["plain", "cactus", "crdial"])
def test_requests_repeat_the_ones_before(protocol: str) -> None:
    model, outcome = next(sessions(protocol, [PERSONAS["tomas-bus"]]))
    requests = model.of("counselor")
    assert len(requests) >= (15 if protocol == "crdial" else 20), outcome.finish
    assert repeated_share(requests) >= 0.9


@pytest.mark.parametrize("protocol", MODEL_PROTOCOLS)
def test_nothing_hidden_is_sent(protocol: str) -> None:
    for persona in list(PERSONAS.values())[::9]:
        model = Double(answer_of(protocol))
        outcome = play_with(plant(persona), build(protocol, model))
        said = " ".join(turn.text for turn in outcome.transcript)
        sent = " ".join(request.text for request in model.requests)
        assert len(model.requests) > 1
        assert set(MARK.findall(sent)) <= set(MARK.findall(said))
        for word in (persona.attitude.value, persona.resistance.value, persona.id):
            assert word not in model.requests[0].text


def test_a_message_that_was_told_later_is_not_in_earlier_requests() -> None:
    model = Double(speak_by_stage())
    outcome = play_with(plant(TOMAS), build("crdial", model))
    marked = [(n, mark) for n, t in enumerate(outcome.transcript) for mark in MARK.findall(t.text)]
    assert marked
    for position, mark in marked:
        for request in model.of("counselor"):
            if len(request.messages) - 2 < position:  # system and begin stand before the greeting
                assert mark not in request.text


@pytest.mark.parametrize("protocol", MODEL_PROTOCOLS)
def test_equal_views_send_equal_requests_and_turns_differ_in_seed(protocol: str) -> None:
    double = Double(answer_of(protocol) if protocol != "crdial" else lambda r: "[Question] And?")
    counselor = build(protocol, double)
    for said in (["Fine."], ["Fine."], ["Fine.", "And?", "Bad."]):
        speak(counselor, *said, stage="automatic_thoughts")
    a, b, c = (r for r in double.requests if r.role == "counselor")
    assert (a.text, a.seed) == (b.text, b.seed)
    assert c.seed != a.seed
    assert all(r.seed is not None and 0 <= r.seed < 2**31 for r in double.requests)


@pytest.mark.parametrize("protocol", ["plain", "crdial", "cactus"])
def test_a_reply_without_words_is_asked_for_once_more_then_fails(protocol: str) -> None:
    replies = iter(["<think>hm</think>", "[Question] Why?", "…", "— ?!"])
    double = Double(lambda r: talk_on()(r) if r.schema else next(replies))
    counselor = build(protocol, double)
    said = speak(counselor, "Fine.", stage="automatic_thoughts")
    assert said.sentences[-1].text.endswith("Why?")
    first, again = double.of("counselor")
    assert first.text == again.text
    assert first.seed != again.seed
    with pytest.raises(UnusableReply, match="double-1 as counselor"):
        speak(counselor, "Fine.", stage="automatic_thoughts")


def test_cactus_plans_first_and_keeps_steps_short() -> None:
    long = "1. gently explore in detail everything that happened on that particular day"
    double = Double(lambda r: FirstPlan(technique="pie_chart", plan=[long, "", *STEPS, *STEPS]))
    counselor = ModelCactusCounselor(double, "en", "cactus@x")
    assert isinstance(counselor, PlanningCounselor)
    picture = asyncio.run(counselor.plan(view_of("It was my fault.")))
    assert picture.technique == "pie_chart"
    assert picture.plan[0] == "gently explore in detail everything that"
    assert picture.plan[1:] == (*STEPS, *STEPS[:2])
    assert all(len(step) <= LONGEST_STEP for step in picture.plan)
    assert (picture.step, picture.revisions) == (0, 0)
    assert double.requests[0].role == "planner"
    assert '{"n":1,"client":"It was my fault."}' in double.requests[0].last


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("plan", [None, ["only", "two"]])
def test_without_a_usable_plan_the_default_one_holds(
    language: Language, plan: list[str] | None
) -> None:
    said: str | BaseModel = (
        "I cannot." if plan is None else FirstPlan(technique="continuum", plan=plan)
    )
    double = Double(lambda r: said)
    counselor = ModelCactusCounselor(double, language, "cactus@x")
    picture = asyncio.run(counselor.plan(view_of("嗯。", language=language)))
    assert picture.technique == "evidence_based_questioning"
    assert picture.plan == tuple(load_prompt("cactus_default_plan", language).template.splitlines())
    assert 3 <= len(picture.plan) <= 8
    assert picture.revisions == 0


def planned(step: int = 1) -> Formulation:
    return Formulation(technique="pie_chart", plan=tuple(STEPS), step=step)


def review(count: int, answer: str | BaseModel, last: str = "The same.") -> tuple[Formulation, int]:
    double = Double(lambda r: answer)
    talk = [*exchanges(count)[:-1], last]
    view = view_of(*talk, picture=planned())
    after = asyncio.run(ModelCactusCounselor(double, "en", "cactus@x").plan(view))
    return after, len(double.requests)


def test_the_plan_is_looked_at_now_and_then_and_when_the_client_resists() -> None:
    keep = PlanReview(keep=True, step=3, technique="continuum", plan=["a", "b", "c"])
    assert review(1, keep) == (planned(), 0)
    assert review(3, keep) == (planned(step=2), 1)
    assert review(1, keep, last="I'd rather not go into that.") == (planned(step=2), 1)
    assert review(18, keep, last="I'd rather not go into that.") == (planned(), 0)
    beyond = keep.model_copy(update={"step": 99})
    assert review(3, beyond)[0].step == len(STEPS) - 1
    assert review(3, "no idea") == (planned(), 1)


def test_a_changed_plan_is_a_revision_and_the_same_one_is_none() -> None:
    changed = PlanReview(keep=False, step=1, technique="continuum", plan=["aa", "bb", "cc"])
    picture, _ = review(3, changed)
    assert (picture.technique, picture.plan) == ("continuum", ("aa", "bb", "cc"))
    assert (picture.step, picture.revisions) == (0, 1)
    same = PlanReview(keep=False, step=4, technique="pie_chart", plan=STEPS)
    assert review(3, same)[0] == planned(step=3)
    empty = PlanReview(keep=False, step=4, technique="continuum", plan=[])
    assert review(3, empty)[0] == planned(step=3)


def test_a_revision_shows_in_the_session() -> None:
    on = talk_on()

    def answer(request: Request) -> str | BaseModel:
        if request.schema is PlanReview:
            return PlanReview(keep=False, step=2, technique="continuum", plan=["aa", "bb", "cc"])
        return on(request)

    outcome = play_with(TOMAS, build("cactus", Double(answer)))
    assert outcome.technique == "continuum"
    assert "plan revised to continuum" in [edge.reason for edge in outcome.edges]
    assert {"agree on today", "bb"} <= {turn.stage for turn in outcome.transcript}


def test_the_talk_knows_plan_and_step() -> None:
    double = Double(talk_on())
    counselor = ModelCactusCounselor(double, "en", "cactus@x")
    asyncio.run(counselor.talk(view_of("Fine.", picture=planned(2))))
    assert "3) find the thought" in double.requests[0].system
    assert "give each a slice" in double.requests[0].system
    assert "find the thought" in double.requests[0].last


def test_the_planner_may_name_the_twelve_techniques_and_every_prompt_tells_what_they_are() -> None:
    known = set(load_techniques("en"))
    assert set(get_args(Technique)) == known
    for language in ("en", "zh"):
        assert set(load_lines("cactus_techniques", language)) == known  # type: ignore[arg-type]


def test_plain_takes_any_system_prompt_as_it_stands() -> None:
    double = Double(talk_on())
    own = "Be brief. It costs $5 {now}."
    speak(ModelPlainCounselor(double, "en", own, "plain@x"), "Fine.")
    assert double.requests[0].system.startswith(own)
    assert "[End]" in double.requests[0].system
    assert "Ana Ruiz" in double.requests[0].system
    speak(ModelPlainCounselor(double, "en", None, "plain@x"), "Fine.")
    assert double.requests[1].system.startswith(load_prompt("plain", "en").substitute())


def test_cbt_qa_answers_once_in_five_parts_then_takes_leave() -> None:
    double = Double(lambda r: ANSWER if r.schema else "“Then go well, Tomas.”")
    outcome = play_with(TOMAS, build("cbt_qa", double))
    own = turns_of(outcome.transcript, Speaker.COUNSELOR)[1:]
    assert [r.schema for r in double.requests] == [FivePartAnswer, None]
    assert own[0].text == " ".join(ANSWER.model_dump().values())
    assert own[1].text == "Then go well, Tomas."
    assert len(own) == 2
    assert outcome.finish in {Finish.RESOLVED, Finish.COUNSELOR_ENDED}


def test_cbt_qa_without_parts_takes_the_words_and_asks_again_without_words() -> None:
    double = Double(lambda r: "You braked hard. What now?")
    said = speak(build("cbt_qa", double), "It's the driving.")
    assert [s.text for s in said.sentences] == ["You braked hard.", "What now?"]
    assert not said.closes
    broken = Double(lambda r: '{"validation": "You' if r.schema else "You braked hard.")
    said = speak(build("cbt_qa", broken), "It's the driving.")
    assert [s.text for s in said.sentences] == ["You braked hard."]


@pytest.mark.parametrize("protocol", MODEL_PROTOCOLS)
def test_the_factory_names_the_counselor(protocol: str) -> None:
    counselor = build(protocol, Double(talk_on()))
    assert (counselor.name, counselor.protocol) == (f"{protocol}@double", protocol)
    assert counselor.voice == "double-1"
    counselor.name = "other"
    assert counselor.name == "other"


def test_the_factory_refuses_what_has_no_voice() -> None:
    with pytest.raises(
        InputError, match=r"eliza.*no LLM voice\s+these have one: crdial, cactus, cbt_qa, plain"
    ):
        build("eliza", Double(talk_on()))
    with pytest.raises(InputError, match="own system prompt"):
        build_model_counselor("cactus", Double(talk_on()), "en", "cactus@x", "Be brief.")


ALLOWED = re.compile(  # ids and field names that stand in Chinese prompts as such
    r"\b(" + "|".join([*get_args(Technique), *FirstPlan.model_fields, *PlanReview.model_fields,
    *FivePartAnswer.model_fields, "true", "n", "client", "counselor", "transcript"]) + r")\b"
)  # fmt: skip


@pytest.mark.parametrize("protocol", MODEL_PROTOCOLS)
def test_chinese_requests_hold_chinese_prompts_only(protocol: str) -> None:
    def answer(request: Request) -> str | BaseModel:
        if request.schema is FirstPlan:
            return FirstPlan(technique="continuum", plan=["说好目标", "找念头", "看事实"])
        if request.schema is PlanReview:
            return PlanReview(keep=True, step=2, technique="continuum", plan=[])
        if request.schema is FivePartAnswer:
            return FivePartAnswer(**dict.fromkeys(FivePartAnswer.model_fields, "您很累。"))
        return "[复述] 您说累。[提问] 从什么时候起？[结束]"

    double = Double(answer)
    counselor = build(protocol, double, "zh")
    talk = ["最近总是很累。", "嗯，从什么时候起？", "上个月吧。"] + ["还有呢？", "没了。"] * 17
    channel = Channel("我什么都做不好", rating_before=70, balanced="有时也做得好")
    picture = Formulation(channels=(channel, Channel("他们看不起我")))
    for length, stage in ((1, "core_beliefs"), (3, "closing"), (35, "time_up"), (37, "repair")):
        picture = replace(picture, technique="", plan=())
        said = speak(counselor, *talk[:length], stage=stage, picture=picture, language="zh")
        assert said.sentences
        assert "结束" not in "".join(s.text for s in said.sentences)
    if protocol == "cactus":
        plan = replace(planned(), plan=("说好目标", "找念头", "看事实"), technique="continuum")
        view = view_of(*talk[:7], picture=plan, language="zh")
        assert asyncio.run(counselor.plan(view)).step == 1  # type: ignore[attr-defined]
    for request in double.requests:
        sent = " ".join(str(message.content) for message in request.messages)
        assert not re.findall(r"[A-Za-z]{2,}", ALLOWED.sub("", sent)), sent
