"""What a session with a model costs: ours, the usual LangGraph loop, and a Cactus-style harness.

    .venv/bin/python -m benchmarks.sessions

All play the same `plain` sessions against an instant server in a process of its own: 20 counselor
messages, 19 answers, two questions to a judge, 41 calls. Each side runs in a fresh process; CPU is
that of the playing processes from the first session to the last, without their start. The sides
take turns, several rounds each; the median round counts. Ours is shown with and without the
scripted PANAS observer: no other side has anything like it; a run with scripted moods pays it.
Then ours plays against a server that takes 300 ms a call in 256 slots, beside the time that these
calls take at the very least.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.sides.harness import play_harness
from benchmarks.sides.measured import Cost
from benchmarks.sides.ours import play_ours, play_ours_observed
from benchmarks.sides.usual import play_usual
from tests.fake.log import count_paid_twice, read_log
from tests.fake.process import run_fake

ROUNDS = 3
EPISODES = 256
PATIENT_EPISODES = 50  # a slow side needs fewer for a steady number
CALLS = 41
IN_FLIGHT = 32
LATENCY_S, SLOTS = 0.3, 256
WALL_EPISODES = 2 * SLOTS
Side = Callable[[str, int, int], Cost]

SIDES: dict[str, tuple[Side, int]] = {
    "counselgym": (play_ours, EPISODES),
    "counselgym, moods read by word lists too": (play_ours_observed, EPISODES),
    "LangGraph + ChatOpenAI + MemorySaver": (play_usual, PATIENT_EPISODES),
    "process pool + sync client (Cactus-style)": (play_harness, PATIENT_EPISODES),
}


def play_apart(side: Side, url: str, episodes: int, in_flight: int) -> Cost:
    """Let a side play in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(play_named, side, url, episodes, in_flight).result()


def play_named(side: Side, url: str, episodes: int, in_flight: int) -> Cost:
    """Play; an error names the side and its causes, for OpenAI's own do not survive pickling."""
    try:
        return side(url, episodes, in_flight)
    except Exception as error:  # noqa: BLE001 - told in words and raised again
        link: BaseException | None = error
        causes = []
        while link is not None:
            causes.append(f"{type(link).__name__}: {link}")
            link = link.__cause__ or link.__context__
        raise RuntimeError(f"{side.__name__}: {' <- '.join(causes)}") from None


def compare_cpu(log: Path) -> None:
    """CPU per call of all sides, in turn."""
    found: dict[str, list[float]] = {name: [] for name in SIDES}
    with run_fake("--instant", "--log", str(log)) as url:
        for _ in range(ROUNDS):
            for name, (side, episodes) in SIDES.items():
                seen = len(read_log(log))
                cost = play_apart(side, url, episodes, IN_FLIGHT)
                calls = len(read_log(log)) - seen
                assert calls == CALLS * episodes, f"{name}: {calls} calls"
                found[name].append(1e3 * cost.cpu_s / calls)
    print("side                                       CPU ms per call  vs ours")
    ours = median(found["counselgym"])
    for name, rounds in found.items():
        print(f"{name:41}  {median(rounds):15.2f}  {median(rounds) / ours:5.1f} x")


def compare_wall(log: Path) -> None:
    """Wall time of ours beside the ideal."""
    ideal = WALL_EPISODES * CALLS * LATENCY_S / SLOTS
    with run_fake(
        "--instant", "--log", str(log), "--latency", str(LATENCY_S), "--slots", str(SLOTS)
    ) as url:
        cost = play_apart(play_ours, url, WALL_EPISODES, WALL_EPISODES)
    entries = read_log(log)
    assert len(entries) == CALLS * WALL_EPISODES
    assert not count_paid_twice(entries)
    print(f"\n{WALL_EPISODES} sessions, {LATENCY_S * 1e3:.0f} ms a call, {SLOTS} slots:")
    print(f"wall {cost.wall_s:.1f} s, ideal {ideal:.1f} s: {cost.wall_s / ideal:.2f} x")
    print(f"CPU {1e3 * cost.cpu_s / len(entries):.2f} ms per call")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        compare_cpu(Path(folder) / "cpu.jsonl")
        compare_wall(Path(folder) / "wall.jsonl")


if __name__ == "__main__":
    main()
