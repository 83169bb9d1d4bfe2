"""A real vLLM takes every schema that voices and judges ask for, and holds even a random model to it."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel
from vllm_server import Served

from agents.llm.client.appraisal import Hearing
from agents.llm.counselors.cbt_qa import FivePartAnswer
from agents.llm.counselors.observation import Observation
from agents.llm.counselors.planner import FirstPlan, PlanReview
from agents.models.caller import Caller
from agents.models.pool import close_pools
from agents.models.reply import Reply
from agents.models.structured import Rung
from evaluators.llm.answers import FlowReply, rating_form
from evaluators.llm.pairwise import PairReply
from evaluators.llm.panas import PanasReply
from evaluators.llm.safety import ScreenReply
from sim.serving.health import Mood

pytestmark = pytest.mark.vllm
ASK = [SystemMessage("You rate sessions."), HumanMessage("I feel low, and I do not know why.")]
ROOM = 1500  # tokens; random strings are long
SCHEMAS = (
    Hearing,
    FivePartAnswer,
    Observation,
    FirstPlan,
    PlanReview,
    rating_form(0, 6).schema,
    FlowReply,
    PairReply,
    PanasReply,
    ScreenReply,
    Mood,
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
def test_a_schema_is_taken_and_held_to(served: Served, schema: type[BaseModel]) -> None:
    async def ask() -> tuple[list[Reply], Rung]:
        caller = Caller(served.endpoint(temperature=1.0, max_tokens=ROOM))
        try:
            calls = [caller.call(ASK, role="any", seed=s * 100, schema=schema) for s in range(3)]
            return await asyncio.gather(*calls), caller.rung
        finally:
            await close_pools()

    replies, rung = asyncio.run(ask())
    assert rung is Rung.JSON_SCHEMA, "no step down: vLLM took the schema as it is"
    assert all(isinstance(reply.parsed, schema) for reply in replies)
