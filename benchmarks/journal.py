"""What it costs to survive: the call journal beside LangGraph's checkpointer.

    .venv/bin/python -m benchmarks.journal

The same scripted `plain` sessions are played bare, then with one journal line per message (as if
each had come from a model), then under a LangGraph checkpointer that keeps every step. Printed: CPU
ms per message beside bare, and the bytes that were kept at 4, 8 and 16 exchanges, which tell
whether they grow with the session or with its square.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

from langgraph.checkpoint.memory import InMemorySaver

from agents.counselors.plain import PlainCounselor
from agents.models.reply import Reply
from graphs.dialogue import build_dialogue
from graphs.nodes import start_state
from graphs.state import Company, Limits, SessionContext
from personas.builtin import load_builtin
from personas.schema import Persona
from runs.journal import Journal

ROUNDS, EPISODES = 5, 40
EXCHANGES = (4, 8, 16)
PERSONAS = [p for p in load_builtin("en") if p.attitude == "positive"]
Way = Callable[[Persona, int, int], Awaitable[int]]


def make_context(persona: Persona, seed: int, exchanges: int) -> SessionContext:
    """Return who meets whom; the cap ends the session."""
    counselor = PlainCounselor("en")
    return SessionContext(persona, counselor, Company(judges=()), seed, Limits(exchanges))


async def play_bare(persona: Persona, seed: int, exchanges: int) -> int:
    """Play one session; return its messages."""
    context = make_context(persona, seed, exchanges)
    final = await build_dialogue().ainvoke(
        start_state(context), context=context, config={"recursion_limit": 200}
    )
    return len(final["transcript"])


class Journaled:
    """Plays, and writes a journal line for every message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal(folder)
        self.kept = 0

    async def play(self, persona: Persona, seed: int, exchanges: int) -> int:
        """Play one session; return its messages."""
        messages = await play_bare(persona, seed, exchanges)
        key = f"{persona.id}-{seed}-{exchanges}"
        tape = self.journal.open(key)
        for number in range(messages):
            words = "It has been like that since the spring, more or less. " * 2
            tape.keep(f"{number:032x}", Reply(words, "m", 900, 800, 30, 0.5, "stop", 1))
        self.kept = (self.folder / "calls" / f"{key}.jsonl").stat().st_size
        self.journal.close(key)
        return messages


class Checkpointed:
    """Plays under LangGraph's in-memory checkpointer, which keeps every step."""

    def __init__(self) -> None:
        self.kept = 0

    async def play(self, persona: Persona, seed: int, exchanges: int) -> int:
        """Play one session; return its messages."""
        saver = InMemorySaver()
        graph = build_dialogue().copy(update={"checkpointer": saver})
        context = make_context(persona, seed, exchanges)
        final = await graph.ainvoke(
            start_state(context),
            context=context,
            config={"recursion_limit": 200, "configurable": {"thread_id": "one"}},
        )
        self.kept = sum(len(blob[1]) for blob in saver.blobs.values())
        return len(final["transcript"])


async def time_way(play: Way) -> float:
    """Return CPU ms per message."""
    begun, messages = time.process_time(), 0
    for number in range(EPISODES):
        messages += await play(PERSONAS[number % len(PERSONAS)], number, EXCHANGES[-1])
    return 1e3 * (time.process_time() - begun) / messages


async def compare() -> None:
    """Measure all ways in turn, several rounds; the median counts."""
    with tempfile.TemporaryDirectory() as folder:
        journaled, checkpointed = Journaled(Path(folder)), Checkpointed()
        ways: dict[str, Way] = {
            "bare": play_bare,
            "call journal": journaled.play,
            "LangGraph checkpointer": checkpointed.play,
        }
        rounds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, play in ways.items():
                rounds[name].append(await time_way(play))
        bare = median(rounds["bare"])
        print("way                     CPU ms per message  above bare")
        for name, times in rounds.items():
            print(f"{name:22}  {median(times):18.3f}  {median(times) - bare:10.3f}")
        print("\nkept bytes at exchanges " + ", ".join(str(n) for n in EXCHANGES))
        for name, way in (("call journal", journaled), ("LangGraph checkpointer", checkpointed)):
            kept = []
            for exchanges in EXCHANGES:
                await way.play(PERSONAS[0], 0, exchanges)
                kept.append(way.kept)
            ratio = kept[-1] / kept[-2]
            print(f"{name:22}  {', '.join(f'{n:,}' for n in kept)}; doubled: {ratio:.1f} x")


if __name__ == "__main__":
    asyncio.run(compare())
