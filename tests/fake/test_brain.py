"""The server's scripted voices: whole sessions through the LLM voices, and each role beside its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import cache
from typing import Any

import pytest

from agents.client import ScriptedAppraiser
from agents.counselors import build_counselor
from agents.counselors.base import CounselorView
from agents.counselors.formulation import Formulation
from agents.counselors.supervisor import ScriptedSupervisor
from agents.llm.client.appraisal import ModelAppraiser
from agents.llm.counselors.protocols import build_model_counselor
from agents.llm.counselors.supervisor import ModelSupervisor
from agents.models.caller import Caller
from agents.models.pool import close_pools
from agents.transcript import Speaker, Transcript, turns_of
from evaluators.llm.judge import ModelJudge
from evaluators.llm.panas import ModelObserver
from evaluators.scale import load_scale
from evaluators.scripted.ctrs import rate_ctrs
from evaluators.scripted.panas_observer import observe
from graphs.session import play
from graphs.state import Finish, Outcome
from personas.builtin import load_builtin
from personas.schema import Language, Persona
from tests.fake.brain import answer
from tests.fake.company import hire
from tests.fake.log import Entry, RequestLog
from tests.fake.server import FakeServer

PROTOCOLS = ("crdial", "cactus", "cbt_qa", "plain")
PEOPLE = load_builtin("en")[:5]


def use(work: Any, *args: Any) -> tuple[Any, list[Entry]]:
    """The result of `work(caller, …)` and the log of the server that it talked to."""
    server = FakeServer(answer, log=RequestLog(keep_requests=True))

    async def run() -> Any:
        async with server:
            try:
                return await work(Caller(server.endpoint()), *args)
            finally:
                await close_pools()

    return asyncio.run(run()), server.log.entries


async def play_all(
    caller: Caller, protocol: str, language: Language, people: tuple[Persona, ...]
) -> list[Outcome]:
    counselor = build_model_counselor(protocol, caller, language, f"{protocol}@fake")
    plays = [play(p, counselor, seed=3, company=hire(caller)) for p in people]
    return await asyncio.gather(*plays)


@cache
def played(protocol: str) -> tuple[list[Outcome], list[Entry]]:
    return use(play_all, protocol, "en", tuple(PEOPLE))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_sessions_come_to_an_end_of_their_own(protocol: str) -> None:
    outcomes, _ = played(protocol)
    finishes = Counter(outcome.finish for outcome in outcomes)
    assert not finishes & Counter({Finish.LOOP_DETECTED: 9, Finish.ERROR: 9, Finish.TURN_CAP: 9})
    if protocol == "crdial":
        assert finishes[Finish.RESOLVED] >= 2


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_reply_is_of_use(protocol: str) -> None:
    """No client message had to be replaced, no request was asked again, every role was known."""
    outcomes, entries = played(protocol)
    assert not [gauge for outcome in outcomes for gauge in outcome.trace if gauge.stand_in]
    roles = Counter(entry.role for entry in entries)
    said = sum(len(turns_of(outcome.transcript, Speaker.CLIENT)) - 1 for outcome in outcomes)
    assert roles["client"] == roles["appraisal"] == said
    assert roles["other"] == 0
    if protocol != "cbt_qa":  # too short to be rated
        assert roles["judge"] == 6 * len(outcomes)
        assert all(not verdict.missing for outcome in outcomes for verdict in outcome.verdicts)


def test_crdial_is_tagged_and_says_nothing_twice() -> None:
    for outcome in played("crdial")[0]:
        spoken = [
            s for t in turns_of(outcome.transcript, Speaker.COUNSELOR)[1:] for s in t.sentences
        ]
        assert all(sentence.strategy for sentence in spoken)
        long = Counter(s.text for s in spoken if len(s.text.split()) > 4)
        assert sum(times - 1 for times in long.values()) <= len(long) // 10


def test_the_same_session_is_played_twice() -> None:
    again, _ = use(play_all, "crdial", "en", tuple(PEOPLE[:2]))
    assert [o.transcript for o in again] == [o.transcript for o in played("crdial")[0][:2]]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_chinese_sessions_work_too(protocol: str) -> None:
    person = PEOPLE[0].model_copy(update={"language": "zh", "greeting": "您好，请坐。"})
    (outcome,), entries = use(play_all, protocol, "zh", (person,))
    assert outcome.finish not in (Finish.LOOP_DETECTED, Finish.ERROR)
    assert Counter(entry.role for entry in entries)["other"] == 0


@cache
def scripted_session() -> Transcript:
    crdial = build_counselor("crdial", "en")
    return asyncio.run(play(PEOPLE[1], crdial, seed=1)).transcript


def views_of(transcript: Transcript) -> list[CounselorView]:
    """A view at each client message, with what the scripted supervisor had understood by then."""
    formulation, views = Formulation(), []
    for n, turn in enumerate(transcript):
        if turn.speaker is Speaker.CLIENT and turn.stage not in ("opening", "crisis"):
            view = CounselorView(
                PEOPLE[1].public(), transcript[: n + 1], formulation, turn.stage, "en", 0
            )
            views.append(view)
            formulation = asyncio.run(ScriptedSupervisor().observe(view)).formulation
    return views


def test_the_supervisor_tells_what_the_scripted_one_sees() -> None:
    views = views_of(scripted_session())

    async def watch(caller: Caller) -> list[Any]:
        return [await ModelSupervisor(caller).observe(view) for view in views]

    told, _ = use(watch)
    seen = [asyncio.run(ScriptedSupervisor().observe(view)) for view in views]
    assert len(views) > 10
    for one, other in zip(told, seen, strict=True):
        assert (one.done, one.resisting, one.new_thought) == (
            other.done,
            other.resisting,
            other.new_thought,
        )
        mine, theirs = one.formulation, other.formulation
        assert mine.channels == theirs.channels
        assert (mine.current, mine.rule) == (theirs.current, theirs.rule)


def test_the_appraisal_hears_what_the_scripted_one_hears() -> None:
    transcript = scripted_session()
    places = [n for n, turn in enumerate(transcript) if turn.speaker is Speaker.COUNSELOR][1:]

    async def listen(caller: Caller) -> list[Any]:
        return [await ModelAppraiser(caller).appraise(transcript[: n + 1], "en") for n in places]

    told, _ = use(listen)
    for n, one in zip(places, told, strict=True):
        other = asyncio.run(ScriptedAppraiser().appraise(transcript[: n + 1], "en"))
        assert (one.ask, one.questions) == (other.ask, other.questions)
        assert one.moves == other.moves


def test_the_judges_are_the_scripted_ones() -> None:
    transcript = scripted_session()

    async def judge(caller: Caller) -> Any:
        verdict = await ModelJudge(caller, load_scale("ctrs11")).rate(transcript, "en")
        return verdict, await ModelObserver(caller).observe(transcript, "en")

    (verdict, (_, after)), _ = use(judge)
    scripted = rate_ctrs(transcript, "en", 11)
    assert [rating.score for rating in verdict.ratings] == [
        round(r.score) for r in scripted.ratings
    ]
    assert all(rating.evidence for rating in verdict.ratings)
    assert "not found" not in str([rating.note for rating in verdict.ratings])
    assert after == observe(transcript, "en", "after")
