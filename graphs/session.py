"""Playing one session: one `ainvoke` of the protocol's graph, from first PANAS to last judgement."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from agents.counselors.base import Counselor
from graphs.crdial import build_crdial
from graphs.dialogue import Graph, build_cactus, build_dialogue
from graphs.nodes import start_state
from graphs.state import Company, Limits, Outcome, SessionContext, SessionState
from personas.schema import Persona

_BUILDERS: dict[str, Callable[[], Graph]] = {"crdial": build_crdial, "cactus": build_cactus}
_STEPS_PER_EXCHANGE = 4
_STEPS_AROUND = 20


def build_graph(protocol: str) -> Graph:
    """Return the compiled graph of a protocol (compiled once per process)."""
    return _BUILDERS.get(protocol, build_dialogue)()


async def play(
    persona: Persona,
    counselor: Counselor,
    *,
    seed: int,
    company: Company | None = None,
    limits: Limits | None = None,
    on_turn: Callable[[], None] | None = None,
) -> Outcome:
    """Play one episode and return its outcome. What a voice raises is raised to the caller."""
    context = SessionContext(
        persona=persona,
        counselor=counselor,
        company=company or Company(),
        seed=seed,
        limits=limits or Limits(),
        on_turn=on_turn,
    )
    steps = _STEPS_PER_EXCHANGE * context.limits.max_exchanges + _STEPS_AROUND
    final = await build_graph(counselor.protocol).ainvoke(
        start_state(context), context=context, config={"recursion_limit": steps}
    )
    return _outcome(cast(SessionState, final), context)


def _outcome(state: SessionState, context: SessionContext) -> Outcome:
    formulation, finish = state["formulation"], state["finish"]
    if finish is None:
        raise RuntimeError("the graph ended without a finish reason")
    return Outcome(
        transcript=state["transcript"],
        trace=state["trace"],
        edges=state["edges"],
        channels=formulation.channels,
        briefings=state["briefings"],
        technique=formulation.technique,
        finish=finish,
        panas_before=state["panas_before"],
        panas_after=state["panas_after"],
        verdicts=state["verdicts"],
        voices=context.company.name_voices(context.counselor),
    )
