"""The session graph of every protocol that simply talks: cactus, plain and the baselines.

Opening, client, crisis and judging are the same nodes as in the CRDial graph. Cactus plans inside
its counselor (technique and plan live in the formulation); a changed plan is recorded as an edge.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command

from graphs.nodes import closed_finish, crisis, judging, make_client, make_opening, spoken_turn, take_edge, view_of
from graphs.state import SessionContext, SessionState


async def counselor(state: SessionState, runtime: Runtime[SessionContext]) -> Command[Any]:
    """Let the counselor speak; it may close the session or change its plan."""
    context, before = runtime.context, state["formulation"]
    utterance = await context.counselor.speak(view_of(state, context, "talk"))
    after = utterance.formulation
    stage = after.plan[after.step] if after.step < len(after.plan) else "talk"
    transcript = (*state["transcript"], spoken_turn(utterance, stage))
    update: dict[str, Any] = {"transcript": transcript, "formulation": after, "stage": stage}
    if after.revisions > before.revisions:
        reason = f"plan revised to {after.technique}"
        update["edges"] = take_edge(state, transcript, state["stage"], stage, reason)
    if utterance.closes:
        update["finish"] = closed_finish(state)
    return Command(goto="judging" if utterance.closes else "client", update=update)


@cache
def build_dialogue() -> CompiledStateGraph[SessionState, SessionContext, SessionState, SessionState]:
    """Return the compiled session graph."""
    graph = StateGraph(SessionState, context_schema=SessionContext)
    graph.add_node("opening", make_opening("counselor"), destinations=("counselor",))
    graph.add_node("counselor", counselor, destinations=("client", "judging"))
    graph.add_node(
        "client",
        make_client("counselor", at_end="judging"),
        destinations=("counselor", "crisis", "judging"),
    )
    graph.add_node("crisis", crisis, destinations=("judging",))
    graph.add_node("judging", judging)
    graph.add_edge(START, "opening")
    graph.add_edge("judging", END)
    return graph.compile()
