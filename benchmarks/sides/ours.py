"""Our side: the batch runner, session graph, LLM client and counselor, every episode recorded.

`play_ours` is the one way in: whatever plays a run for real belongs here.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from agents.client import ClientReply, ClientState, ScriptedAppraiser
from agents.layout import look_at
from agents.llm.client import ModelClient
from agents.llm.counselors import build_model_counselor
from agents.models.caller import Caller
from agents.models.endpoint import Endpoint
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.transcript import Transcript
from benchmarks.sides.measured import PEOPLE, QUESTIONS, Cost, allow_files, load_people, measure
from evaluators.verdict import ItemRating, Verdict
from graphs.state import Company
from personas.schema import Language, Persona
from runs.key import Shape
from runs.store import Store
from sim.plan import Plan
from sim.runner import count_plan, run_batch
from sim.stage import play_one


class StayingClient(ModelClient):
    """Never leaves before the counselor ends the session: all sides play sessions of one length."""

    async def reply(
        self, persona: Persona, state: ClientState, transcript: Transcript, seed: int
    ) -> ClientReply:
        """Return the answer, whatever the client would rather do."""
        return replace(await super().reply(persona, state, transcript, seed), departure="")


@dataclass(frozen=True)
class TwoQuestions:
    """A judge that asks twice, as on the other sides."""

    model: Model
    name: str = "two"

    @property
    def voice(self) -> str:
        """Return the model's id."""
        return self.model.voice

    async def rate(self, transcript: Transcript, language: Language) -> Verdict:
        """Return the replies as notes."""
        system = fill_prompt("judge_ctrs", language, points="0 to 6")
        ratings = []
        for question in QUESTIONS:
            reply = await self.model.call(
                look_at(system, transcript, question), role="ctrs", seed=0
            )
            ratings.append(ItemRating(question, None, note=reply.text))
        return Verdict(self.name, "two", tuple(ratings))


def play_ours(url: str, episodes: int, in_flight: int) -> Cost:
    """Play and record that many episodes, a multiple of the number of personas."""
    allow_files()
    caller = Caller(Endpoint(base_url=url, model="instant", concurrency=256))
    client = StayingClient(caller, ScriptedAppraiser())
    plan = Plan(
        personas=load_people(),
        repairs=(),
        counselors={"plain@instant": build_model_counselor("plain", caller, "en", "plain@instant")},
        company=Company(client=client, judges=(TwoQuestions(caller),)),
        seeds=range(episodes // PEOPLE),
        shape=Shape("en", ctrs=6, max_exchanges=30),
    )
    assert len(plan) == episodes
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
        tally = count_plan(plan, store)
        with measure() as cost:
            run_batch(plan, store, tally, lambda t: play_one(t, plan), in_flight, lambda _: None)
    assert tally.played == episodes, tally.errors
    return cost
