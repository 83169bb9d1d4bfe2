"""What the LangGraph session graph costs: the same voices with and without it, in one run.

    .venv/bin/python benchmarks/episodes.py

The baseline is a bare Python loop over the same counselor, client and limits, with no graph, no
edges and no judging; it is what a session would cost at the very least. Both sides play the same
built-in personas in turn, several rounds each, and the median round counts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median

from agents.client import ScriptedClient
from agents.counselors import build_counselor
from agents.counselors.base import Counselor, CounselorView
from agents.counselors.formulation import Formulation
from agents.transcript import Sentence, Speaker, Transcript, Turn, client_turn, turns_of
from evaluators.judge import ScriptedJudge
from graphs.session import play
from graphs.state import Limits
from personas.builtin import load_builtin
from personas.schema import Persona

ROUNDS = 5
LIMITS = Limits(max_exchanges=20)
Play = Callable[[Persona, Counselor], Awaitable[Transcript]]


async def play_bare(persona: Persona, counselor: Counselor) -> Transcript:
    """Play a session as a plain loop."""
    client = ScriptedClient()
    state, formulation = client.begin(persona, 0), Formulation()
    transcript: Transcript = (
        Turn(Speaker.COUNSELOR, (Sentence("Hello. What brings you here?"),)),
        client_turn(persona.opening),
    )
    for _ in range(LIMITS.max_exchanges):
        view = CounselorView(persona.public(), transcript, formulation, "talk", "en", 0)
        utterance = await counselor.speak(view)
        transcript = (*transcript, Turn(Speaker.COUNSELOR, utterance.sentences, "talk"))
        formulation = utterance.formulation
        if utterance.closes:
            break
        reply = await client.reply(persona, state, transcript, 0)
        transcript, state = (*transcript, client_turn(reply.text)), reply.state
        if reply.departure:
            break
    return transcript


async def play_graph(persona: Persona, counselor: Counselor) -> Transcript:
    """Play a session through the compiled graph, PANAS and CTRS included."""
    outcome = await play(persona, counselor, seed=0, limits=LIMITS)
    return outcome.transcript


async def time_round(play_one: Play, personas: list[Persona], counselor: Counselor) -> float:
    """Return CPU milliseconds per exchange of one round over all personas."""
    exchanges, start = 0, time.process_time()
    for persona in personas:
        transcript = await play_one(persona, counselor)
        exchanges += len(turns_of(transcript, Speaker.CLIENT)) - 1
    return 1000 * (time.process_time() - start) / exchanges


async def time_judging(personas: list[Persona], counselor: Counselor) -> float:
    """Return CPU milliseconds that the scripted rater takes per episode, transcripts in hand."""
    transcripts = [await play_graph(persona, counselor) for persona in personas]
    judge, start = ScriptedJudge(), time.process_time()
    for transcript in transcripts:
        await judge.rate(transcript, "en")
    return 1000 * (time.process_time() - start) / len(transcripts)


async def main() -> None:
    """Measure and print."""
    personas = load_builtin("en")
    print(f"{len(personas)} built-in personas, {ROUNDS} rounds, median; CPU ms per exchange")
    print(f"{'counselor':10s} {'graph':>8s} {'bare loop':>10s} {'ratio':>6s}")
    for spec in ("plain", "cactus", "eliza"):
        counselor = build_counselor(spec, "en")
        graph, bare = [], []
        for _ in range(ROUNDS):
            bare.append(await time_round(play_bare, personas, counselor))
            graph.append(await time_round(play_graph, personas, counselor))
        ratio = median(g / b for g, b in zip(graph, bare, strict=True))
        print(f"{spec:10s} {median(graph):8.2f} {median(bare):10.2f} {ratio:6.2f}")
    judging = await time_judging(personas, build_counselor("crdial", "en"))
    print(f"scripted CTRS rating, warm: {judging:.1f} ms per crdial episode")


if __name__ == "__main__":
    asyncio.run(main())
