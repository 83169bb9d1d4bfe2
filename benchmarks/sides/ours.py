"""Our side: a run as `counselgym run` plays it, with graph, voices, ledger, journal and records.

`play_ours` is the one way in: whatever plays a run for real belongs here.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from agents.client import ClientReply, ClientState, ScriptedAppraiser
from agents.llm.client.voice import ModelClient
from agents.llm.counselors.protocols import build_model_counselor
from agents.models.budget import Budget
from agents.models.caller import Caller
from agents.models.endpoint import Endpoint
from agents.models.ledger import LedgerModel
from agents.models.reply import Model
from agents.prompts.layout import look_at
from agents.transcript import Transcript
from benchmarks.sides.measured import PEOPLE, QUESTIONS, Cost, allow_files, load_people, measure
from evaluators.judge import MoodObserver, PanasObserver
from evaluators.llm.judge import rubric
from evaluators.scale import load_scale
from evaluators.verdict import ItemRating, PanasReading, Verdict
from graphs.state import Company
from personas.schema import Language, Persona
from runs.key import Cast, Shape
from runs.store import Store
from sim.playing.plan import Plan
from sim.playing.runner import count_plan, run_batch
from sim.playing.stage import Stage

NAME = "plain@instant"
CONCURRENCY = 512  # more than the server has slots, so that none waits for us


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
        system = rubric(load_scale("ctrs6"), language)
        ratings = []
        for question in QUESTIONS:
            reply = await self.model.call(
                look_at(system, transcript, question), role="ctrs", seed=0
            )
            ratings.append(ItemRating(question, None, note=reply.text))
        return Verdict(self.name, "two", tuple(ratings))


@dataclass(frozen=True)
class SilentObserver:
    """Reads no mood: no other side counts words for one."""

    name: str = "silent"
    voice: str = "none"

    async def observe(
        self,
        transcript: Transcript,  # noqa: ARG002 - it does not look
        language: Language,  # noqa: ARG002
    ) -> tuple[PanasReading, PanasReading]:
        """Return two readings with all items missing."""
        missing = PanasReading("observer", (None,) * 20)
        return missing, missing


def make_plan(url: str, episodes: int, observer: MoodObserver) -> Plan:
    """A plan of that many episodes, a multiple of the number of personas; all words a model's."""
    endpoint = Endpoint(base_url=url, model="instant", concurrency=CONCURRENCY)
    model = LedgerModel(Caller(endpoint), "instant", endpoint)
    counselor = build_model_counselor("plain", model, "en", NAME)
    company = Company(
        client=StayingClient(model, ScriptedAppraiser()),
        judges=(TwoQuestions(model),),
        observer=observer,
    )
    cast = Cast(NAME, company.name_voices(counselor), (("instant", ""),))
    plan = Plan(
        personas=load_people(),
        repairs=(),
        counselors={NAME: counselor},
        company=company,
        casts={NAME: cast},
        seeds=range(episodes // PEOPLE),
        shape=Shape("en", ("ctrs6",), 1, max_exchanges=30),
    )
    assert len(plan) == episodes
    assert plan.with_models  # so that the journal is kept
    return plan


def play_ours(url: str, episodes: int, in_flight: int) -> Cost:
    """Play that many episodes, with the ledger, the journal and the records of a run."""
    return play_plan(make_plan(url, episodes, SilentObserver()), episodes, in_flight)


def play_ours_observed(url: str, episodes: int, in_flight: int) -> Cost:
    """The same, with the scripted observer that a run has unless told otherwise."""
    return play_plan(make_plan(url, episodes, PanasObserver()), episodes, in_flight)


def play_plan(plan: Plan, episodes: int, in_flight: int) -> Cost:
    """Play a plan as a run does."""
    allow_files()
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
        tally = count_plan(plan, store)
        stage = Stage(plan, store.journal, Budget(None, None))
        with measure() as cost:
            run_batch(plan, store, tally, stage.play_one, in_flight, lambda _: None)
    assert tally.played == episodes, tally.errors
    return cost
