"""Our side: the session graph, the LLM client and counselor, one caller, every episode recorded.

`play_ours` is the one way in: whatever plays a session for real belongs here.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from agents.client import ClientReply, ClientState, ScriptedAppraiser
from agents.layout import look_at
from agents.llm.client import ModelClient
from agents.llm.counselors import build_model_counselor
from agents.models.caller import Caller
from agents.models.endpoint import Endpoint
from agents.models.pool import close_pools
from agents.models.reply import Model
from agents.prompts import fill_prompt
from agents.transcript import Transcript
from benchmarks.sides.measured import QUESTIONS, Cost, allow_files, choose_people, measure
from evaluators.verdict import ItemRating, Verdict
from graphs.session import play
from graphs.state import Company
from personas.schema import Language, Persona
from runs.key import Cast, Shape, episode_key
from runs.record import Timing
from runs.store import Store
from sim.plan import Ticket
from sim.stage import _record

SHAPE = Shape("en", ctrs=6, max_exchanges=30)


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
    """Play and record that many episodes."""
    allow_files()
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
        return asyncio.run(_play_all(url, episodes, in_flight, store))


async def _play_all(url: str, episodes: int, in_flight: int, store: Store) -> Cost:
    caller = Caller(Endpoint(base_url=url, model="instant", concurrency=256))
    counselor = build_model_counselor("plain", caller, "en", "plain@instant")
    client = StayingClient(caller, ScriptedAppraiser())
    company = Company(client=client, judges=(TwoQuestions(caller),))
    cast = Cast("plain@instant", "instant", "instant", ("two",))
    owed = enumerate(choose_people(episodes))

    async def work() -> None:
        for seed, persona in owed:
            begun = time.perf_counter()
            key = episode_key(persona.digest, cast, seed, SHAPE)
            outcome = await play(persona, counselor, seed=seed, company=company)
            timing = Timing(started="", seconds=time.perf_counter() - begun)
            ticket = Ticket(key, persona, counselor.name, counselor, seed)
            store.add(_record(ticket, SHAPE, outcome, timing))

    with measure() as cost:
        await asyncio.gather(*[work() for _ in range(in_flight)])
    await close_pools()
    return cost
