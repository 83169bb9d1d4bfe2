"""What a local model's memory for conversations brings: the same sessions with it and without.

    .venv-train/bin/python -m benchmarks.local CHECKPOINT [--sessions 16] [--rounds 2]

`plain@local:CHECKPOINT` plays whole sessions with scripted clients, all side by side, once keeping
what it has read and once reading every prompt anew, in turn, several rounds; the median counts.
Tokens are over the time that the checkpoint takes, reading and writing together. CPU seconds are
the process's, for machines that others use, too. It fails if a single word differs.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from langchain_core.messages import BaseMessage

from agents.llm.counselors.protocols import build_model_counselor
from agents.models.checkpoint import Checkpoint, Job, Output, load_checkpoint
from agents.models.local import LocalModel
from graphs.session import play
from graphs.state import Company, Limits
from personas.builtin import load_builtin
from personas.schema import Risk

LIMITS = Limits(max_exchanges=20)
SIDES = {"kept": None, "read anew": 0}  # bytes for what was read before


@dataclass
class Watched:
    """A checkpoint whose work is timed and counted."""

    checkpoint: Checkpoint
    wall_s: float = 0.0
    cpu_s: float = 0.0
    read: int = 0
    known: int = 0
    batches: list[int] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    written: int = 0

    @property
    def context(self) -> int:
        """Return the checkpoint's."""
        return self.checkpoint.context

    def render(self, messages: Sequence[BaseMessage]) -> str:
        """Return the prompt."""
        return self.checkpoint.render(messages)

    def count(self, prompt: str) -> int:
        """Return a prompt's tokens."""
        return self.checkpoint.count(prompt)

    def generate(self, jobs: Sequence[Job]) -> list[Output]:
        """Continue the prompts, and take the time."""
        wall, cpu = time.perf_counter(), time.process_time()
        outputs = self.checkpoint.generate(jobs)
        self.wall_s += time.perf_counter() - wall
        self.cpu_s += time.process_time() - cpu
        self.read += sum(job.prompt_tokens for job in jobs)
        self.known += sum(output.cached for output in outputs)
        self.written += sum(output.tokens for output in outputs)
        self.batches.append(len(jobs))
        self.said |= {job.prompt: one.text for job, one in zip(jobs, outputs, strict=True)}
        return outputs


def play_all(path: Path, room: int | None, sessions: int) -> Watched:
    """Play all sessions with a checkpoint that is loaded anew."""
    watched = Watched(load_checkpoint(path, room))
    counselor = build_model_counselor("plain", LocalModel(path, load=lambda _: watched), "en", "p")
    people = [persona for persona in load_builtin("en") if persona.risk is Risk.NONE]

    async def run() -> None:
        played = (
            play(person, counselor, seed=n, company=Company(judges=()), limits=LIMITS)
            for n, person in enumerate((people * sessions)[:sessions])
        )
        await asyncio.gather(*played)

    asyncio.run(run())
    return watched


def compare(path: Path, sessions: int, rounds: int) -> None:
    """Play with both sides in turn and print what each took."""
    found: dict[str, list[Watched]] = {name: [] for name in SIDES}
    for _ in range(rounds):
        for name, room in SIDES.items():
            found[name].append(play_all(path, room, sessions))
    spoken = [side.said for runs in found.values() for side in runs]
    assert all(said == spoken[0] for said in spoken), "the words differ"
    print("prompts      calls  a batch  known before  read/s  written/s  wall s  CPU s")
    for name, runs in found.items():
        one = runs[0]
        wall, cpu = (median(getattr(run, what) for run in runs) for what in ("wall_s", "cpu_s"))
        calls = sum(one.batches)
        print(
            f"{name:12} {calls:5}  {calls / len(one.batches):7.1f}  {one.known / one.read:12.1%}"
            f"  {one.read / wall:6,.0f}  {one.written / wall:9,.0f}  {wall:6.1f}  {cpu:5.1f}"
        )
    kept, anew = found.values()
    for what in ("wall_s", "cpu_s"):
        ratio = median(getattr(a, what) / getattr(k, what) for k, a in zip(kept, anew, strict=True))
        print(f"{what.removesuffix('_s')} time read anew / kept: {ratio:.1f}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--sessions", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    compare(given.checkpoint, given.sessions, given.rounds)


if __name__ == "__main__":
    main()
