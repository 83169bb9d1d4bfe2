"""The session graphs of the protocols without sub-stages: `talk` for plain and the baselines, and
`cactus` with its planner in front. Opening, client, crisis and judging are CRDial's own nodes.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command

from agents.counselors.base import PlanningCounselor, Utterance
from agents.counselors.briefing import Briefing, brief
from graphs.nodes import (
    closed_finish,
    crisis,
    judging,
    make_client,
    make_opening,
    spoken_turn,
    take_edge,
    view_of,
)
from graphs.state import SessionContext, SessionState

Graph = CompiledStateGraph[SessionState, SessionContext, SessionState, SessionState]


async def counselor(state: SessionState, runtime: Runtime[SessionContext]) -> Command[Any]:
    """Let a counselor without a plan speak; it may close the session."""
    context = runtime.context
    return _said(state, await context.counselor.speak(view_of(state, context, "talk")), "talk")


async def planner(state: SessionState, runtime: Runtime[SessionContext]) -> Command[Any]:
    """Let a planning counselor pick its technique and plan, move one step on, or revise."""
    context, before = runtime.context, state["formulation"]
    after = await cast(PlanningCounselor, context.counselor).plan(view_of(state, context, "plan"))
    update: dict[str, Any] = {"formulation": after}
    if after.revisions > before.revisions:
        reason = f"plan revised to {after.technique}"
        update["edges"] = take_edge(state, state["transcript"], "planner", "talk", reason)
    return Command(goto="talk", update=update)


async def talk(state: SessionState, runtime: Runtime[SessionContext]) -> Command[Any]:
    """Let a planning counselor say the present step of its plan; the last one closes."""
    context, picture = runtime.context, state["formulation"]
    step = picture.plan[picture.step]
    view = view_of(state, context, step)
    utterance = await cast(PlanningCounselor, context.counselor).talk(view)
    return _said(state, utterance, step, (*state["briefings"], brief(view)))


def _said(
    state: SessionState, utterance: Utterance, stage: str, briefings: tuple[Briefing, ...] = ()
) -> Command[Any]:
    update: dict[str, Any] = {
        "transcript": (*state["transcript"], spoken_turn(utterance, stage)),
        "formulation": utterance.formulation,
        "briefings": briefings,
        "stage": stage,
    }
    if utterance.closes:
        update["finish"] = closed_finish(state)
    return Command(goto="judging" if utterance.closes else "client", update=update)


@cache
def build_dialogue() -> Graph:
    """Return the compiled graph for plain and the baselines."""
    graph = _shared("counselor")
    graph.add_node("counselor", counselor, destinations=("client", "judging"))
    return graph.compile()


@cache
def build_cactus() -> Graph:
    """Return the compiled graph of Cactus: plan, then talk, at every turn."""
    graph = _shared("planner")
    graph.add_node("planner", planner, destinations=("talk",))
    graph.add_node("talk", talk, destinations=("client", "judging"))
    return graph.compile()


def _shared(
    first: str,
) -> StateGraph[SessionState, SessionContext, SessionState, SessionState]:
    graph = StateGraph(SessionState, context_schema=SessionContext)
    graph.add_node("opening", make_opening(first), destinations=(first,))
    client = make_client(first, at_end="judging")
    graph.add_node("client", client, destinations=(first, "crisis", "judging"))
    graph.add_node("crisis", crisis, destinations=("judging",))
    graph.add_node("judging", judging)
    graph.add_edge(START, "opening")
    graph.add_edge("judging", END)
    return graph
