"""The counselors: the scripted one of each protocol, told what the request tells."""

from __future__ import annotations

import re
import zlib
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import orjson

from agents.counselors.base import CounselorView, Utterance
from agents.counselors.cactus import CactusCounselor, echo_slots
from agents.counselors.cactus_plan import make_plan
from agents.counselors.crdial import CrdialCounselor
from agents.counselors.formulation import Channel, Formulation
from agents.counselors.plain import PlainCounselor
from agents.hearing.reading import is_same, read_client
from agents.tagging import parse_tags, tag_turn
from agents.text import words
from agents.transcript import Speaker, Turn
from personas.schema import Language
from tests.fake.picture import draw_picture
from tests.fake.reading import (
    find_name,
    find_slots,
    load_lines,
    read_intake,
    read_material,
    read_question,
    read_talk,
)
from tests.fake.request import ChatRequest

END = "[End]"
_TRIES = 6
_SHORT = 4
_STEP_CHARS = 40
_REVIEW_EVERY = 3  # exchanges that a step of the plan lasts
_STEP = re.compile(r"\d+\) (.+?)(?= \d+\) |$)")


def speak_crdial(request: ChatRequest, language: Language) -> str:
    """The sub-stage that the note names, its sentences tagged."""
    note = find_slots("crdial_note", language, request.talk[-1]["content"]) or {}
    stage = find_name("crdial_stages", language, note["stage"])
    view = _look(request, language, stage, tagged=True)
    picture = _put_on_table(view.formulation, note["thoughts"], language)
    picture = replace(picture, attempts=int(note["attempt"]) - 1)
    utterance = _say_new(CrdialCounselor(language).speak, replace(view, formulation=picture))
    text = tag_turn(Turn(Speaker.COUNSELOR, utterance.sentences), language)
    return f"{text} {END}" if utterance.closes else text


def _put_on_table(picture: Formulation, thoughts: str, language: Language) -> Formulation:
    """The picture with the note's thought as the current channel."""
    lines = load_lines("crdial_thoughts", language)
    found = None
    for name in ("rated", "current"):
        pattern = re.escape(lines[name])
        pattern = pattern.replace(r"\$thought", "(?P<thought>.+?)").replace(
            r"\$rating", "(?P<rating>.+?)"
        )
        found = found or re.search(pattern, thoughts)
    if not found:
        return picture
    given, thought = found.groupdict(), found["thought"]
    for place, channel in enumerate(picture.channels):
        if is_same(channel.thought, thought):
            return replace(picture, current=place)
    rating = int(given["rating"]) if given.get("rating", "None") != "None" else None
    channels = (*picture.channels, Channel(thought, rating_before=rating))
    return replace(picture, channels=channels, current=len(channels) - 1)


def speak_plain(request: ChatRequest, language: Language) -> str:
    """Kind, without a method; says goodbye after a while, or when told that time is up."""
    view = _look(request, language, "talk")
    utterance = _say_new(PlainCounselor(language).speak, view)
    return _write(utterance, ends=_is_last(request, language))


def speak_cactus(request: ChatRequest, language: Language) -> str:
    """The step in hand of the plan in the system text."""
    view = _look(request, language, "talk")
    plan = find_slots("cactus_plan", language, request.system) or {}
    steps = [step.split(", ") for step in _STEP.findall(plan["steps"])]
    now, before = _choose_step(request, view, steps, language)
    picture = replace(
        view.formulation,
        technique=find_name("cactus_techniques", language, plan["technique"]),
        plan=(*before, now),
        step=len(before),
        attempts=1,
    )
    utterance = _say_new(CactusCounselor(language).talk, replace(view, formulation=picture))
    return _write(utterance, ends=_is_last(request, language))


def _choose_step(
    request: ChatRequest, view: CounselorView, steps: list[list[str]], language: Language
) -> tuple[str, tuple[str, ...]]:
    """The scripted step to speak now, and those before it; a step of the plan holds up to three."""
    last = request.talk[-1]["content"]
    flat = [_name(step) for group in steps for step in group]
    if _is_last(request, language):
        return "goodbye", tuple(flat)
    if find_slots("time_to_close", language, last) is not None:
        return "try_out", tuple(flat)
    note = find_slots("cactus_note", language, last) or {"step": "focus"}
    group = note["step"].split(", ")
    now = _name(group[min((view.exchange - 1) % _REVIEW_EVERY, len(group) - 1)])
    before = flat[: flat.index(now)] if now in flat else flat[:1]
    return ("repair" if read_client(view.said, language).resisting else now), tuple(before)


def _name(step: str) -> str:
    return step.replace(" ", "_")


def plan_session(request: ChatRequest, language: Language) -> str:
    """The technique and steps that the scripted counselor would choose, then a step on by the clock."""
    view = replace(_look(request, language, "plan"), transcript=read_material(request))
    again = find_slots("planner_again", language, read_question(request))
    if again is None:
        made = make_plan(view)
        reply: dict[str, Any] = {"technique": made.technique, "plan": _group(made.plan)}
    else:
        reply = {
            "keep": True,
            "step": 1 + (view.exchange - 1) // _REVIEW_EVERY,
            "technique": again["technique"],
            "plan": _STEP.findall(again["steps"]),
        }
    return orjson.dumps(reply).decode()


def _group(plan: tuple[str, ...]) -> list[str]:
    """The scripted steps, up to three in one of the plan's, which has few and short ones."""
    groups: list[str] = []
    for step in plan:
        named = step.replace("_", " ")
        longer = f"{groups[-1]}, {named}" if groups else ""
        if longer and longer.count(",") < _REVIEW_EVERY and len(longer) <= _STEP_CHARS:
            groups[-1] = longer
        else:
            groups.append(named)
    return groups


def answer_cbt_qa(request: ChatRequest, language: Language) -> str:
    """Five parts around the client's own words, or a goodbye."""
    view = _look(request, language, "talk")
    if request.schema is None:
        return f"Good that you wrote, {view.first_name}. Take it at your own pace from here."
    echo = echo_slots(view)["echo"] or "what you describe"
    parts = {
        "validation": f"You write: {echo}. That sounds heavy, and it makes sense that it stays.",
        "key_thought": "In all of it I hear one sentence that you take for granted.",
        "challenge": "Has there been a day on which it did not hold? What was different then?",
        "strategy": "For three evenings, write down one thing that does not fit it. Keep it short.",
        "encouragement": "You have put it into words, and that is where it can start to move.",
    }
    return orjson.dumps(parts).decode()


def _look(
    request: ChatRequest, language: Language, stage: str, *, tagged: bool = False
) -> CounselorView:
    """The view of a counselor in the request's session; its seed is the same all the way through."""
    transcript = read_talk(request, language, parse_tags if tagged else None)
    return CounselorView(
        intake=read_intake(request.system, language),
        transcript=transcript,
        formulation=draw_picture(transcript, language),
        stage=stage,
        language=language,
        seed=zlib.crc32(request.talk[-1]["content"].encode()) if tagged else 0,
    )


def _say_new(speak: Any, view: CounselorView) -> Utterance:
    """An utterance with no longer sentence that was spoken before, if there is one."""
    said = {sentence.text for turn in view.transcript for sentence in turn.sentences}
    for _ in range(_TRIES):
        utterance = _run(speak(view))
        if not any(s.text in said and len(words(s.text)) >= _SHORT for s in utterance.sentences):
            break
        view = replace(view, formulation=utterance.formulation)
    return utterance


def _run(talk: Coroutine[Any, Any, Utterance]) -> Utterance:
    """The result of a scripted voice, which never waits."""
    try:
        talk.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("a scripted voice waited")


def _is_last(request: ChatRequest, language: Language) -> bool:
    return find_slots("last_message", language, request.talk[-1]["content"]) is not None


def _write(utterance: Utterance, *, ends: bool) -> str:
    text = Turn(Speaker.COUNSELOR, utterance.sentences).text
    return f"{text} {END}" if utterance.closes or ends else text
