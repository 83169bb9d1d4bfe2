"""The CRDial graph (arXiv 2504.17238): sub-stages as nodes, a supervisor that routes, loops back.

`ROUTES` is the table of the protocol; `route` applies it to what the supervisor observed. The
supervisor sees the transcript and the formulation, never the client's mind.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command

from agents.counselors.briefing import brief
from agents.counselors.formulation import Formulation
from agents.counselors.supervisor import MAX_CHANNELS, Progress
from graphs.nodes import (
    RISK,
    Node,
    closed_finish,
    count_attempt,
    crisis,
    judging,
    make_client,
    make_opening,
    spoken_turn,
    take_edge,
    view_of,
)
from graphs.state import SUB_STAGES, Finish, SessionContext, SessionState

COUNSELOR_NODES = (*SUB_STAGES, "repair", "closing")
_NEXT = dict(itertools.pairwise(SUB_STAGES))
_MAX_RETURNS = 2
_TIME_TO_CLOSE = 3
_TIME_FOR_CHANNEL = 9

ROUTES: tuple[tuple[str, str, str], ...] = (
    ("any sub-stage", "itself", "not done yet"),
    ("automatic_thoughts", "intermediate_beliefs", "thought caught and rated"),
    ("intermediate_beliefs", "core_beliefs", "rule heard"),
    ("core_beliefs", "defense", "channels found"),
    ("core_beliefs", "closing", "no thought to work on"),
    ("defense", "prosecution", "case for the thought heard"),
    ("prosecution", "verdict", "counter-evidence heard"),
    ("verdict", "prosecution", "no shift yet, counter-evidence thin"),
    ("verdict", "defense", "no shift yet, the case itself was thin"),
    ("verdict", "defense", "shifted; next channel"),
    ("verdict", "defense", "no shift; next channel"),
    ("verdict", "automatic_thoughts", "shifted; a new thought from another situation"),
    ("verdict", "core_beliefs", "shifted; a new thought in this situation"),
    ("verdict", "closing", "shifted; nothing left"),
    ("verdict", "closing", "no shift; nothing left"),
    ("any sub-stage", "repair", "resistance"),
    ("repair", "back", "repaired"),
    ("any sub-stage", "closing", "time is nearly up"),
    ("closing", "end", "closed"),
    ("client", "crisis", RISK),
    ("client", "judging", Finish.DROPPED_OUT.value),
    ("client", "judging", Finish.CLIENT_ENDED.value),
    ("client", "closing", Finish.TURN_CAP.value),
    ("client", "closing", Finish.LOOP_DETECTED.value),
    ("crisis", "end", Finish.CRISIS_HANDOFF.value),
)


@dataclass(frozen=True)
class Step:
    """Where to go, why, and with which formulation."""

    target: str
    reason: str
    formulation: Formulation


def route(stage: str, interrupted: str, progress: Progress, exchanges_left: int) -> Step:
    """Return the next step of the protocol."""
    formulation = progress.formulation
    if stage == "closing":
        return Step("closing", "not done yet", formulation)
    if exchanges_left <= _TIME_TO_CLOSE:
        return _enter("closing", "time is nearly up", formulation)
    if stage == "repair":
        return Step(interrupted, "repaired", formulation)
    if progress.resisting and not progress.done:
        return Step("repair", "resistance", formulation)
    if not progress.done:
        return Step(stage, "not done yet", formulation)
    if stage == "verdict":
        return _after_verdict(progress, exchanges_left)
    return _onward(stage, formulation)


def _onward(stage: str, formulation: Formulation) -> Step:
    if stage == "core_beliefs":
        if not formulation.channels:
            return _enter("closing", "no thought to work on", formulation)
        return _take_up(formulation, formulation.current, "channels found")
    return _enter(_NEXT[stage], _reason(stage, _NEXT[stage]), formulation)


def _reason(source: str, target: str) -> str:
    return next(why for start, end, why in ROUTES if (start, end) == (source, target))


def _after_verdict(progress: Progress, exchanges_left: int) -> Step:
    formulation = progress.formulation
    if progress.new_thought and exchanges_left > _TIME_FOR_CHANNEL:
        return _follow_new(progress.new_thought, formulation)
    if not progress.shifted and formulation.returns < _MAX_RETURNS:
        returned = replace(formulation, returns=formulation.returns + 1)
        if progress.thin == "for":
            return _enter("defense", "no shift yet, the case itself was thin", returned)
        return _enter("prosecution", "no shift yet, counter-evidence thin", returned)
    waiting = _untried(formulation)
    outcome = "shifted" if progress.shifted else "no shift"
    if waiting is not None and exchanges_left > _TIME_FOR_CHANNEL:
        return _take_up(formulation, waiting, f"{outcome}; next channel")
    return _enter("closing", f"{outcome}; nothing left", formulation)


def _follow_new(new_thought: str, formulation: Formulation) -> Step:
    fresh = replace(formulation, returns=0)
    if new_thought == "elsewhere":
        reopened = replace(fresh, situation="", rule="", core_belief="", feeling="")
        reason = "shifted; a new thought from another situation"
        return _enter("automatic_thoughts", reason, reopened)
    return _enter("core_beliefs", "shifted; a new thought in this situation", fresh)


def _untried(formulation: Formulation) -> int | None:
    if len(formulation.tried) >= MAX_CHANNELS:
        return None
    open_channels = (
        index
        for index, channel in enumerate(formulation.channels)
        if index not in formulation.tried and not channel.shifted
    )
    return next(open_channels, None)


def _take_up(formulation: Formulation, channel: int, reason: str) -> Step:
    tried = formulation.tried | {channel}
    return _enter("defense", reason, replace(formulation, current=channel, returns=0, tried=tried))


def _enter(target: str, reason: str, formulation: Formulation) -> Step:
    return Step(target, reason, replace(formulation, attempts=0))


def _make_counselor_node(stage: str) -> Node:
    async def speak(state: SessionState, runtime: Runtime[SessionContext]) -> Command[Any]:
        context = runtime.context
        asked = "time_up" if state["finish"] is not None else stage
        view = view_of(state, context, asked)
        utterance = await context.counselor.speak(view)
        transcript = (*state["transcript"], spoken_turn(utterance, stage))
        update: dict[str, Any] = {
            "transcript": transcript,
            "formulation": count_attempt(utterance.formulation),
            "briefings": (*state["briefings"], brief(view)),
            "stage": stage,
        }
        ends = utterance.closes or state["finish"] is not None
        if ends:
            update["finish"] = state["finish"] or closed_finish(state)
            update["edges"] = take_edge(state, transcript, stage, "end", "closed")
        return Command(goto="judging" if ends else "client", update=update)

    return speak


async def supervisor(state: SessionState, runtime: Runtime[SessionContext]) -> Command[Any]:
    """Observe what the client's message brought, and route."""
    context, stage = runtime.context, state["stage"]
    view = view_of(state, context, stage)
    progress = await context.company.supervisor.observe(view)
    step = route(
        stage, state["interrupted"], progress, context.limits.max_exchanges - (view.exchange - 1)
    )
    return Command(
        goto=step.target,
        update={
            "formulation": step.formulation,
            "interrupted": stage if step.target == "repair" else state["interrupted"],
            "edges": take_edge(state, state["transcript"], stage, step.target, step.reason),
        },
    )


@cache
def build_crdial() -> CompiledStateGraph[SessionState, SessionContext, SessionState, SessionState]:
    """Return the compiled CRDial graph."""
    graph = StateGraph(SessionState, context_schema=SessionContext)
    graph.add_node(
        "opening", make_opening("automatic_thoughts"), destinations=("automatic_thoughts",)
    )
    for stage in COUNSELOR_NODES:
        ends = ("client", "judging") if stage == "closing" else ("client",)
        graph.add_node(stage, _make_counselor_node(stage), destinations=ends)
    graph.add_node(
        "client",
        make_client("supervisor", at_end="closing"),
        destinations=("supervisor", "crisis", "closing", "judging"),
    )
    graph.add_node("supervisor", supervisor, destinations=COUNSELOR_NODES)
    graph.add_node("crisis", crisis, destinations=("judging",))
    graph.add_node("judging", judging)
    graph.add_edge(START, "opening")
    graph.add_edge("judging", END)
    return graph.compile()
