"""Sessions played for the tests of export and validate, and run folders that hold them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agents.counselors import build_counselor
from agents.counselors.base import Counselor
from graphs.session import play
from graphs.state import Limits
from personas.builtin import load_builtin
from personas.schema import Attitude, Language, Persona
from runs.folder import Manifest, prepare_folder
from runs.record import ChannelRecord, Episode, PanasRecord, Timing
from runs.store import Store

NAMES = ("tomas-bus", "ines-thesis", "loretta-house", "wojtek-doors", "fenna-clinic", "bev-len")
COUNSELORS = ("crdial", "plain", "eliza", "cactus")


def pick(*names: str, language: Language = "en") -> list[Persona]:
    known = {persona.id: persona for persona in load_builtin(language)}
    return [known[name] for name in names]


def with_attitude(persona: Persona, attitude: Attitude) -> Persona:
    """Another persona of the same form."""
    return persona.model_copy(update={"id": f"{persona.id}-{attitude}", "attitude": attitude})


def record(
    persona: Persona, counselor: Counselor, number: int, seed: int = 0, exchanges: int = 30
) -> Episode:
    """Play a session and return its record, through JSON as it is stored."""
    limits = Limits(max_exchanges=exchanges)
    outcome = asyncio.run(play(persona, counselor, seed=seed, limits=limits))
    episode = Episode(
        key=f"{number:016x}",
        language=persona.language,
        counselor=counselor.name,
        seed=seed,
        voices=outcome.voices,
        persona=persona,
        transcript=outcome.transcript,
        trace=outcome.trace,
        edges=outcome.edges,
        channels=tuple(
            ChannelRecord.model_validate(channel, from_attributes=True)
            for channel in outcome.channels
        ),
        briefings=outcome.briefings,
        technique=outcome.technique,
        finish=outcome.finish,
        panas=PanasRecord(before=outcome.panas_before, after=outcome.panas_after),
        verdicts=outcome.verdicts,
        timing=Timing(started="2025-01-01T00:00:00+00:00", seconds=0.1),
    )
    return Episode.model_validate_json(episode.model_dump_json())


def play_all(
    personas: Iterable[Persona], counselors: Iterable[str] = COUNSELORS, exchanges: int = 30
) -> list[Episode]:
    pairs = [(persona, spec) for persona in personas for spec in counselors]
    return [
        record(persona, build_counselor(spec, persona.language), number, exchanges=exchanges)
        for number, (persona, spec) in enumerate(pairs, start=1)
    ]


def write_run(folder: Path, episodes: Iterable[Episode]) -> Path:
    shape = {"language": "en", "scales": ["ctrs6"], "samples": 1, "max_exchanges": 30}
    manifest = Manifest("then", "0.1.0", "3.11", {}, (0,), "ab", 1, {}, ())
    prepare_folder(folder, shape, manifest)
    with Store(folder) as store:
        for episode in episodes:
            store.add(episode)
    return folder


def read_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_set(folder: Path) -> list[Any]:
    return [row for path in sorted(folder.glob("*.jsonl")) for row in read_lines(path)]


def write_lines(path: Path, rows: Iterable[object]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path
