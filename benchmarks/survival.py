"""What a run survives: failing calls, `kill -9`, and ten times as many episodes.

    .venv/bin/python -m benchmarks.survival

Three trials of `counselgym run` as a user starts it, against the fake endpoint (`tests/fake`) in a
process of its own. Chaos: 30 % of the requests fail in fourteen ways. Kills: a run is killed with
`kill -9` at random moments and resumed until it is done; the endpoint's log tells what was paid.
Memory: the peak of a run beside that of one ten times as long.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.fake.log import read_log
from tests.fake.process import run_fake

ROOT = Path(__file__).parents[1]
KILLS = 20
SHORT_RUN, LONG_RUN = 300, 3000
RUN = [sys.executable, "-c", "from sim.cli import main; main()", "run"]
CONFIG = """
counselors = [{counselors}]
model = "fake"
seeds = {seeds}
limit = {clients}
concurrency = {concurrency}
[models.fake]
base_url = "{url}"
model = "fake-1"
concurrency = {concurrency}
timeout_s = {timeout_s}
[roles]
appraisal = "scripted"
safety = "scripted"
"""


@dataclass(frozen=True)
class Size:
    """How much is played: counselors × clients × seeds, so many at a time."""

    clients: int
    seeds: int
    concurrency: int = 128
    counselors: tuple[str, ...] = ("crdial", "plain")
    timeout_s: float = 60.0

    def write_config(self, path: Path, url: str) -> Path:
        """Write the configuration of a run of this size against an endpoint."""
        named = ", ".join(f'"{name}"' for name in self.counselors)
        path.write_text(CONFIG.format(**{**asdict(self), "counselors": named}, url=url))
        return path


@dataclass(frozen=True)
class Chaos:
    """What became of a run whose calls fail."""

    planned: int
    done: int
    failed: int
    reasons: Counter[str]
    requests: int
    faults: int
    zeros_for_missing: int
    seconds: float


@dataclass(frozen=True)
class Survived:
    """What became of a run that was killed again and again."""

    kills: int
    same_episodes: bool
    doubled: int
    lost_in_flight: int
    """Calls the endpoint had answered when the process died before it could keep the answer."""
    paid_twice: int
    """Calls paid again although their answer was kept."""


def go_through_chaos(size: Size, folder: Path, share: float = 0.3) -> Chaos:
    """Play against an endpoint that fails in all its ways."""
    log, out = folder / "chaos.log", folder / "chaos"
    with run_fake("--log", str(log), "--faults", str(share), "--hang", "60") as url:
        config, begun = size.write_config(folder / "chaos.toml", url), time.perf_counter()
        done = start(config, out)
        whole = json.loads(done.communicate()[0])
        seconds = time.perf_counter() - begun
    failures = [json.loads(line) for line in (out / "failures.jsonl").open()]
    entries, counts = read_log(log), whole["counts"]
    return Chaos(
        planned=counts["planned"],
        done=counts["done"],
        failed=counts["failed"],
        reasons=Counter(failure["message"].rpartition("[")[2] for failure in failures),
        requests=len(entries),
        faults=sum(bool(entry.fault) for entry in entries),
        zeros_for_missing=count_false_zeros(out),
        seconds=seconds,
    )


def count_false_zeros(out: Path) -> int:
    """Count ratings of 0 without a judge's reason behind them."""
    return sum(
        rating["score"] == 0 and not rating["note"]
        for episode in read_episodes(out)
        for verdict in episode["verdicts"]
        for rating in verdict["ratings"]
    )


def survive_kills(size: Size, kills: int, folder: Path, seed: int = 0) -> Survived:
    """Play once in peace, and once killed `kills` times at random moments; compare."""
    log = folder / "killed.log"
    with run_fake("--latency", "0.02") as url:
        begun = time.perf_counter()
        start(size.write_config(folder / "calm.toml", url), folder / "calm").communicate()
        seconds = time.perf_counter() - begun
    dice, out, lost = random.Random(seed), folder / "killed", 0
    with run_fake("--log", str(log), "--latency", "0.02") as url:
        config = size.write_config(folder / "killed.toml", url)
        for _ in range(kills):
            kill_at(start(config, out), dice.uniform(0.8, 2.0 + 1.5 * seconds / kills))
            time.sleep(0.1)  # what was on its way is answered and logged
            lost = count_paid(log) - count_kept(out)
        start(config, out).communicate()
    episodes, calm = read_episodes(out), read_episodes(folder / "calm")
    return Survived(
        kills=kills,
        same_episodes=strip_times(episodes) == strip_times(calm),
        doubled=len(episodes) - len({episode["key"] for episode in episodes}),
        lost_in_flight=lost,
        paid_twice=count_paid(log) - count_kept(out) - lost,
    )


def kill_at(process: subprocess.Popen[str], seconds: float) -> None:
    """Kill -9 after so long, or let it be if it has ended by then."""
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def count_paid(log: Path) -> int:
    """Count the requests that the endpoint answered whole."""
    return sum(entry.completed for entry in read_log(log)) if log.exists() else 0


def count_kept(out: Path) -> int:
    """Count the calls that are safe on disk: in records and in the journal."""
    stored = {episode["key"]: len(episode["calls"]) for episode in read_episodes(out)}
    journaled = sum(
        path.read_bytes().count(b"\n")
        for path in (out / "calls").glob("*.jsonl")
        if path.stem not in stored
    )
    return journaled + sum(stored.values())


def read_episodes(out: Path) -> list[dict[str, Any]]:
    """Read the whole lines of a run's records."""
    path = out / "episodes.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().rpartition(b"\n")[0].splitlines()]


def strip_times(episodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the records by key without what the clock says."""
    for episode in episodes:
        episode.pop("timing")
        for call in episode["calls"]:
            call.pop("latency_s")
            call.pop("cached_tokens")
        episode["calls"].sort(key=json.dumps)  # a judge's calls end in any order
    return {episode["key"]: episode for episode in episodes}


def start(config: Path, out: Path) -> subprocess.Popen[str]:
    """Start a run as a user would."""
    command = [*RUN, str(config), "--out", str(out), "--json"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def measure_memory(size: Size, folder: Path) -> float:
    """Return the peak resident memory of a run in MiB."""
    with run_fake("--instant") as url:
        process = start(size.write_config(folder / "memory.toml", url), folder / "memory")
        assert process.stdout
        process.stdout.read()
        _, _, used = os.wait4(process.pid, 0)
    return float(used.ru_maxrss) / 1024


def main() -> None:
    """Run the three trials and print what they found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chaos = go_through_chaos(Size(clients=25, seeds=10, timeout_s=1.0), folder)
        print(f"chaos: {chaos.planned} planned = {chaos.done} done + {chaos.failed} failed")
        print(f"  {chaos.faults} of {chaos.requests} requests failed; {chaos.seconds:.0f} s")
        print(f"  reasons of failed episodes: {dict(chaos.reasons)}")
        print(f"  zeros for missing ratings: {chaos.zeros_for_missing}")
        survived = survive_kills(Size(clients=20, seeds=4, concurrency=32), KILLS, folder)
        print(f"{survived.kills} kills: same episodes as in peace: {survived.same_episodes}")
        print(f"  doubled {survived.doubled}, lost in flight {survived.lost_in_flight}")
        print(f"  paid twice {survived.paid_twice}")
    peaks = []
    for episodes in (SHORT_RUN, LONG_RUN):
        with tempfile.TemporaryDirectory() as name:
            size = Size(clients=25, seeds=episodes // 25, counselors=("plain",))
            peaks.append(measure_memory(size, Path(name)))
    growth = peaks[1] / peaks[0] - 1
    print(f"memory: {peaks[0]:.0f} MiB at {SHORT_RUN}, {peaks[1]:.0f} MiB at {LONG_RUN}")
    print(f"  {100 * growth:+.0f} %")


if __name__ == "__main__":
    main()
