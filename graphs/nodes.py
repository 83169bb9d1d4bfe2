"""The nodes that all protocols share: opening, client, crisis, judging. A tournament is fair by them."""

from __future__ import annotations

import random
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any, Protocol

from langgraph.runtime import Runtime
from langgraph.types import Command

from agents.client import ClientReply
from agents.counselors.base import CounselorView, Utterance
from agents.counselors.formulation import Formulation
from agents.phrasebook import choose_phrase, load_phrases
from agents.transcript import Sentence, Speaker, Transcript, Turn, client_turn, turns_of
from evaluators.panas import mind_reading
from evaluators.scripted.panas_observer import Moment
from evaluators.verdict import PanasReading
from graphs.loops import is_looping
from graphs.state import Edge, Finish, SessionContext, SessionState
from personas.schema import Risk

RISK = "risk detected"


class Node(Protocol):
    """A node that routes: it returns a `Command` with the update and where to go."""

    def __call__(
        self, state: SessionState, runtime: Runtime[SessionContext]
    ) -> Awaitable[Command[Any]]:
        """Run the node."""
        ...


def start_state(context: SessionContext) -> SessionState:
    """Return the state before anything was said."""
    return SessionState(
        transcript=(),
        client=context.company.client.begin(context.persona, context.seed),
        formulation=Formulation(),
        stage="opening",
        interrupted="",
        trace=(),
        edges=(),
        briefings=(),
        finish=None,
        panas_before=(),
        panas_after=(),
        verdicts=(),
    )


def make_opening(first: str) -> Node:
    """Return the node that greets, lets the client open, and takes the first PANAS."""

    async def opening(state: SessionState, runtime: Runtime[SessionContext]) -> Command[Any]:
        context = runtime.context
        persona = context.persona
        greeting = Turn(Speaker.COUNSELOR, (Sentence(_greeting(context)),), "opening")
        transcript = (greeting, client_turn(persona.opening, "opening"))
        update: dict[str, Any] = {
            "transcript": transcript,
            "trace": (state["client"].mind.gauge(1, (), "open", ""),),
            "panas_before": await _readings(state, context, "before"),
        }
        if await _is_at_risk(transcript, context):
            update["finish"] = Finish.CRISIS_HANDOFF
            update["edges"] = take_edge(state, transcript, "opening", "crisis", RISK)
            return Command(goto="crisis", update=update)
        return Command(goto=first, update=update)

    return opening


def _greeting(context: SessionContext) -> str:
    persona = context.persona
    if persona.greeting:
        return persona.greeting
    bank = load_phrases("shared", persona.language)
    rng = random.Random(f"{context.seed}/{persona.id}/greeting")
    name = {"name": persona.demographics.first_name}
    return choose_phrase(bank, "greeting.lines", rng, slots=name).text


async def _readings(
    state: SessionState, context: SessionContext, moment: Moment
) -> tuple[PanasReading, ...]:
    """The client's own answers, and what its mind would say without guarding."""
    persona, mind = context.persona, state["client"].mind
    own = await context.company.reporter.report(
        persona, mind, state["transcript"], context.seed, moment
    )
    return own, mind_reading(mind.distress, mind.hope, mind.tension, persona)


async def _is_at_risk(transcript: Transcript, context: SessionContext) -> bool:
    """Tell whether the client's last message speaks of not wanting to live, or of self-harm."""
    return (
        await context.company.screen.screen(transcript, context.persona.language) is not Risk.NONE
    )


def view_of(state: SessionState, context: SessionContext, stage: str) -> CounselorView:
    """Return what the counselor may know at this point."""
    return CounselorView(
        intake=context.persona.public(),
        transcript=state["transcript"],
        formulation=state["formulation"],
        stage=stage,
        language=context.persona.language,
        seed=context.seed,
    )


def spoken_turn(utterance: Utterance, stage: str) -> Turn:
    """Return the counselor's message as a turn; its own word on the stage goes before the graph's."""
    formulation = utterance.formulation
    channel = formulation.current if formulation.channels else None
    return Turn(Speaker.COUNSELOR, utterance.sentences, utterance.stage or stage, channel)


def make_client(onward: str, *, at_end: str) -> Node:
    """Return the client node: it answers, then the session goes on, to crisis, or to its end."""

    async def client(state: SessionState, runtime: Runtime[SessionContext]) -> Command[Any]:
        context = runtime.context
        reply = await context.company.client.reply(
            context.persona, state["client"], state["transcript"], context.seed
        )
        transcript = (*state["transcript"], _answer_turn(state, reply))
        if context.on_turn:
            context.on_turn()
        at_risk = await _is_at_risk(transcript, context)
        target, finish = (
            ("crisis", Finish.CRISIS_HANDOFF)
            if at_risk
            else _after_client(state, context, transcript, reply, onward, at_end)
        )
        update: dict[str, Any] = {
            "transcript": transcript,
            "client": reply.state,
            "trace": (*state["trace"], reply.gauge),
            "finish": finish,
        }
        if target != onward:
            reason = RISK if at_risk else str(finish)
            update["edges"] = take_edge(state, transcript, state["stage"], target, reason)
        return Command(goto=target, update=update)

    return client


def _answer_turn(state: SessionState, reply: ClientReply) -> Turn:
    last = state["transcript"][-1]
    return client_turn(reply.text, last.stage, last.channel)


def _after_client(
    state: SessionState,
    context: SessionContext,
    transcript: Transcript,
    reply: ClientReply,
    onward: str,
    at_end: str,
) -> tuple[str, Finish | None]:
    if reply.departure == "leave":
        return "judging", Finish.DROPPED_OUT
    if reply.departure == "fade":
        return "judging", Finish.CLIENT_ENDED
    if len(turns_of(transcript, Speaker.CLIENT)) - 1 >= context.limits.max_exchanges:
        return at_end, Finish.TURN_CAP
    if is_looping(transcript):
        return at_end, Finish.LOOP_DETECTED
    return onward, state["finish"]


def take_edge(
    state: SessionState, transcript: Transcript, source: str, target: str, reason: str
) -> tuple[Edge, ...]:
    """Return the edges taken so far with this one added."""
    return (*state["edges"], Edge(len(transcript), source, target, reason))


async def crisis(state: SessionState, runtime: Runtime[SessionContext]) -> Command[Any]:
    """Put everything aside, ask directly, hear the answer, hand over to human help, and end."""
    context = runtime.context
    persona = context.persona
    bank = load_phrases("shared", persona.language)
    rng = random.Random(f"{context.seed}/{persona.id}/crisis")
    name = {"name": persona.demographics.first_name}
    asked = choose_phrase(bank, "crisis.ask", rng, slots=name)
    transcript = (*state["transcript"], Turn(Speaker.COUNSELOR, asked.sentences, "crisis"))
    reply = await context.company.client.reply(persona, state["client"], transcript, context.seed)
    handoff = choose_phrase(bank, "crisis.handoff", rng, slots=name)
    return Command(
        goto="judging",
        update={
            "transcript": (
                *transcript,
                client_turn(reply.text, "crisis"),
                Turn(Speaker.COUNSELOR, handoff.sentences, "crisis"),
            ),
            "client": reply.state,
            "trace": (*state["trace"], reply.gauge),
            "finish": Finish.CRISIS_HANDOFF,
        },
    )


async def judging(state: SessionState, runtime: Runtime[SessionContext]) -> dict[str, Any]:
    """Take the second PANAS and let every judge rate the transcript."""
    context = runtime.context
    language = context.persona.language
    before, after = await context.company.observer.observe(state["transcript"], language)
    verdicts = [await judge.rate(state["transcript"], language) for judge in context.company.judges]
    return {
        "panas_before": (*state["panas_before"], before),
        "panas_after": (*await _readings(state, context, "after"), after),
        "verdicts": tuple(verdicts),
    }


def closed_finish(state: SessionState) -> Finish:
    """Tell a session the counselor brought to a close from one in which the client's view moved."""
    moved = any(entry.startswith("balanced") for entry in state["client"].mind.told)
    return Finish.RESOLVED if moved else Finish.COUNSELOR_ENDED


def count_attempt(formulation: Formulation) -> Formulation:
    """Return the formulation after one more counselor turn in the present sub-stage."""
    return replace(formulation, attempts=formulation.attempts + 1)
