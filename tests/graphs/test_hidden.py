"""Nothing hidden reaches a counselor's or a rater's input: thoughts not yet told, evidence, labels."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.client import ClientReply, ClientState, ScriptedClient
from agents.counselors import PROTOCOLS, build_counselor
from agents.counselors.base import Counselor, CounselorView, Utterance
from agents.counselors.formulation import Formulation
from agents.transcript import Transcript
from evaluators.judge import ScriptedJudge
from evaluators.verdict import Verdict
from graphs.session import play
from graphs.state import Company
from personas.builtin import load_builtin
from personas.schema import Language, Persona

PERSONAS = load_builtin("en")
MARK = re.compile(r"zq(\w+?)qz")


def mark(text: str, entry: str) -> str:
    """Return the line with `zq<ledger entry>qz` in it."""
    return f"{text[:-1]} zq{entry.replace('.', '_')}qz."


def plant(persona: Persona) -> Persona:
    """Return the persona with a mark in every hidden line."""
    data = persona.model_dump(mode="json")
    profile = data["profile"]
    for name in ("situation", "automatic_thought", "rule", "core_belief"):
        profile[name] = mark(profile[name], name)
    for k, thought in enumerate(profile["thoughts"]):
        plant_thought(thought, k)
    for i, item in enumerate(profile["disclosures"]):
        item["text"] = mark(item["text"], f"disclosure.{i}")
    for name in set(data["intake"]) - {"reason"}:
        data["intake"][name] = f"{data['intake'][name]} zqintakeqz"
    return Persona.model_validate(data)


def plant_thought(thought: dict[str, Any], k: int) -> None:
    thought["text"] = mark(thought["text"], f"thought.{k}")
    thought["balanced"] = mark(thought["balanced"], f"balanced.{k}")
    if thought["situation"]:
        thought["situation"] = mark(thought["situation"], f"thought.{k}")
    for side in ("for", "against"):
        for i, fact in enumerate(thought[f"evidence_{side}"]):
            fact["text"] = mark(fact["text"], f"{side}.{k}.{i}")


class Spy:
    """Wraps client, counselor and judge; compares what they are given with what was told."""

    def __init__(self, counselor: Counselor) -> None:
        self.inner, self.client, self.judge = counselor, ScriptedClient(), ScriptedJudge(11)
        self.name, self.protocol, self.voice = counselor.name, counselor.protocol, "scripted"
        self.appraiser = self.client.appraiser
        self.told: set[str] = set()
        self.seen = 0

    def begin(self, persona: Persona, seed: int) -> ClientState:
        return self.client.begin(persona, seed)

    async def reply(
        self, persona: Persona, state: ClientState, transcript: Transcript, seed: int
    ) -> ClientReply:
        reply = await self.client.reply(persona, state, transcript, seed)
        self.told |= {entry.replace(".", "_") for entry in reply.gauge.told}
        return reply

    async def speak(self, view: CounselorView) -> Utterance:
        self.look(view)
        return await self.inner.speak(view)

    async def plan(self, view: CounselorView) -> Formulation:
        self.look(view)
        return await self.inner.plan(view)

    async def talk(self, view: CounselorView) -> Utterance:
        self.look(view)
        return await self.inner.talk(view)

    async def rate(self, transcript: Transcript, language: Language) -> Verdict:
        self.check(json.dumps([asdict(turn) for turn in transcript]))
        return await self.judge.rate(transcript, language)

    def look(self, view: CounselorView) -> None:
        self.check(json.dumps({**asdict(view), "intake": view.intake.model_dump()}, default=sorted))

    def check(self, given: str) -> None:
        leaked = set(MARK.findall(given)) - self.told
        assert not leaked, f"reached {self.name} before it was told: {leaked}"
        for hidden in ("strength", "trust", "attitude", "resistance", "distress"):
            assert f'"{hidden}"' not in given
        self.seen += 1


def play_spied(persona: Persona, spec: str, seed: int) -> Spy:
    spy = Spy(build_counselor(spec, "en"))
    asyncio.run(play(plant(persona), spy, seed=seed, company=Company(client=spy, judges=(spy,))))
    return spy


@pytest.mark.parametrize("spec", PROTOCOLS)
def test_only_what_was_told_reaches_counselor_and_rater(spec: str) -> None:
    spies = [play_spied(persona, spec, 0) for persona in PERSONAS[::6]]
    assert sum(spy.seen for spy in spies) > 20
    assert any(spy.told for spy in spies)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(PERSONAS), st.sampled_from(["crdial", "cactus"]), st.integers(0, 10_000))
def test_the_same_holds_for_any_persona_and_seed(persona: Persona, spec: str, seed: int) -> None:
    assert play_spied(persona, spec, seed).seen > 2


def test_the_spy_would_notice() -> None:
    spy = Spy(build_counselor("parrot", "en"))
    with pytest.raises(AssertionError, match="thought_1"):
        spy.check("something about zqthought_1qz")
