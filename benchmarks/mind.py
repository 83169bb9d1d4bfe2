"""What the mind's parameters come to: motivation, drop-out, affect and talk, by counselor and attitude.

    .venv/bin/python -m benchmarks.mind ../shared/data/cactus_intake_en.json builtin

Plays every client of the named sources with every counselor, all voices scripted, and prints a
table per counselor: how the sessions ended, MR@20 (from the mind's ledger), the client's talk share
and median message, the drop-out hazard by attitude (drop-outs per exchange) with the ratio negative
to positive, and the PANAS gain (what positive affect gained plus what negative affect lost, the
client's own report) with a 95 % interval resampled over forms. Then how far clients follow a
counselor who asserts opposite things. `docs/mind.md` quotes it.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from agents.counselors import build_counselor
from agents.counselors.base import Counselor
from agents.mind.gauge import Gauge
from agents.text import words
from agents.transcript import Speaker, turns_of
from evaluators.panas import panas_sums
from evaluators.statistics import cluster_mean
from evaluators.verdict import PanasReading
from graphs.session import play
from graphs.state import Company, Finish, Outcome
from personas.schema import Attitude, Persona
from personas.source import load_personas
from tests.agents.following import measure_following

COUNSELORS = ("crdial", "cactus", "plain", "eliza", "parrot", "sycophant", "lecturer")
BY_TURN = 20
WILLING_TRUST = 45
SEEDS = 1
Played = list[tuple[Persona, Outcome]]


@dataclass(frozen=True)
class Hazard:
    """Drop-outs among the exchanges in which they could have happened."""

    dropped: int
    exchanges: int

    @property
    def rate(self) -> float:
        """Return drop-outs per exchange."""
        return self.dropped / self.exchanges if self.exchanges else 0.0


async def play_all(personas: tuple[Persona, ...], counselor: Counselor) -> Played:
    """Play every persona with one counselor, without judges."""
    company = Company(judges=())
    return [
        (persona, await play(persona, counselor, seed=seed, company=company))
        for seed in range(SEEDS)
        for persona in personas
    ]


def is_motivated(trace: tuple[Gauge, ...]) -> bool:
    """Tell whether a balanced view or a willing plan came within the first twenty messages."""
    return any(
        any(entry.startswith("balanced.") for entry in gauge.told)
        or (gauge.act == "plan" and gauge.trust >= WILLING_TRUST)
        for gauge in trace[:BY_TURN]
    )


def gain(outcome: Outcome) -> float:
    """Return what the client gained in its own report: positive affect up plus negative down."""

    def balance(readings: tuple[PanasReading, ...]) -> float:
        positive, negative = panas_sums(readings[0])
        return (positive or 0.0) - (negative or 0.0)

    return balance(outcome.panas_after) - balance(outcome.panas_before)


def measure_hazard(played: Played, attitude: Attitude) -> Hazard:
    """Return the drop-outs per exchange of the clients with one attitude."""
    own = [outcome for persona, outcome in played if persona.attitude is attitude]
    dropped = sum(outcome.finish is Finish.DROPPED_OUT for outcome in own)
    return Hazard(dropped, sum(len(outcome.trace) - 1 for outcome in own))


def print_counselor(name: str, played: Played) -> None:
    """Print the block of one counselor."""
    ends = Counter(str(outcome.finish) for _, outcome in played)
    lengths, client, whole = [], 0, 0
    for _, outcome in played:
        own = [len(words(turn.text)) for turn in turns_of(outcome.transcript, Speaker.CLIENT)]
        lengths += own
        client += sum(own)
        whole += sum(len(words(turn.text)) for turn in outcome.transcript)
    motivated = sum(is_motivated(outcome.trace) for _, outcome in played) / len(played)
    print(
        f"\n{name}: {len(played)} sessions, " + ", ".join(f"{n} {k}" for k, n in ends.most_common())
    )
    print(
        f"  MR@20 {motivated:.1%} · talk share {client / whole:.1%} · "
        f"median client message {median(lengths):g} words"
    )
    hazards = {attitude: measure_hazard(played, attitude) for attitude in Attitude}
    base = hazards[Attitude.POSITIVE].rate
    ratio = f"{hazards[Attitude.NEGATIVE].rate / base:.2f}" if base else "no positive drop-out"
    print(f"  drop-out hazard negative : positive = {ratio}")
    for attitude in Attitude:
        print_attitude(attitude, played, hazards[attitude])


def print_attitude(attitude: Attitude, played: Played, hazard: Hazard) -> None:
    """Print one line for the clients of one attitude."""
    own = [(persona, outcome) for persona, outcome in played if persona.attitude is attitude]
    won = cluster_mean([(persona.form, gain(outcome)) for persona, outcome in own])
    motivated = sum(is_motivated(outcome.trace) for _, outcome in own) / len(own)
    resolved = sum(outcome.finish is Finish.RESOLVED for _, outcome in own) / len(own)
    print(
        f"  {attitude:9} MR@20 {motivated:4.0%}  resolved {resolved:4.0%}  "
        f"dropped {hazard.dropped:3d} in {hazard.exchanges} exchanges ({hazard.rate:.4f})  "
        f"PANAS gain {won.mean:5.1f} [{won.low or 0:.1f}, {won.high or 0:.1f}]"
    )


def print_following(personas: Sequence[Persona]) -> None:
    """Print how far clients follow, at full trust."""
    found = measure_following(personas)
    print(
        f"\nfollowing: agrees with what it never said or said the other way {found.following:.1%}, "
        f"with a thing and its opposite {found.both:.1%}, with its own words {found.own:.1%}"
    )


def main(sources: list[str]) -> None:
    """Play and print."""
    personas = tuple(p for source in sources or ["builtin"] for p in load_personas(source).personas)
    for name in COUNSELORS:
        print_counselor(name, asyncio.run(play_all(personas, build_counselor(name, "en"))))
    print_following(personas)


if __name__ == "__main__":
    main(sys.argv[1:])
