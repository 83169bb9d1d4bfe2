from __future__ import annotations

import asyncio

from ladder import DEFENSE, play

from evaluators.judge import Judge, MoodObserver, PanasObserver, ScriptedJudge
from evaluators.scripted.ctrs import rate_ctrs
from evaluators.scripted.panas_observer import observe


def test_the_scripted_judge_rates_from_the_transcript_alone() -> None:
    judge: Judge = ScriptedJudge(11)
    verdict = asyncio.run(judge.rate(play(DEFENSE), "en"))
    assert verdict == rate_ctrs(play(DEFENSE), "en", 11)
    assert (judge.name, judge.voice, verdict.judge) == ("scripted", "scripted", "scripted")


def test_the_observer_reads_before_and_after() -> None:
    observer: MoodObserver = PanasObserver()
    before, after = asyncio.run(observer.observe(play(DEFENSE), "en"))
    assert before == observe(play(DEFENSE), "en", "before")
    assert after == observe(play(DEFENSE), "en", "after")
    assert observer.voice == "scripted"
