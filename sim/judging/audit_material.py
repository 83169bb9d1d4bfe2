"""The sessions that judges are audited on: played offline by scripted voices, or taken from a run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from langsmith import tracing_context

from agents.counselors import build_counselor
from evaluators.audit.specimen import GROUPS, SKILLED, Specimen
from graphs.session import play
from graphs.state import Company, Outcome
from personas.builtin import load_builtin
from personas.errors import InputError
from personas.schema import Language, Persona
from runs.reader import iter_episodes
from runs.record import Episode

SEED = 0
CHANGED_PER_CLIENT = 2
SCRIPTED = "scripted"


def play_ladder(language: Language, clients: int) -> tuple[Specimen, ...]:
    """Play the eight groups with the first so many built-in clients, offline."""
    personas = load_builtin(language)[:clients]
    with tracing_context(enabled=False):
        return asyncio.run(_play_all(personas, language))


async def _play_all(personas: Sequence[Persona], language: Language) -> tuple[Specimen, ...]:
    counselors = {group: build_counselor(group, language) for group in GROUPS}
    company = Company(judges=())
    return tuple(
        [
            _set_out(persona, group, await play(persona, counselor, seed=SEED, company=company))
            for persona in personas
            for group, counselor in counselors.items()
        ]
    )


def _set_out(persona: Persona, group: str, outcome: Outcome) -> Specimen:
    name = persona.demographics.first_name
    return Specimen(persona.form, group, SEED, persona.language, name, outcome.transcript)


def read_run(folder: Path, clients: int) -> tuple[Specimen, ...]:
    """Return the episodes of the first so many clients of a run, as they are.

    Raises InputError for a run without finished episodes.
    """
    kept: list[Specimen] = []
    seen: set[str] = set()
    for episode in iter_episodes(folder):
        if episode.persona.form not in seen and len(seen) == clients:
            continue
        seen.add(episode.persona.form)
        kept.append(_take_over(episode))
    if not kept:
        raise InputError("no finished episode", where=str(folder), todo="play some first")
    return tuple(kept)


def _take_over(episode: Episode) -> Specimen:
    """Return an episode as a specimen; only scripted counselors are of a known group."""
    protocol = episode.counselor.partition("@")[0].partition(":")[0]
    known = episode.voices.counselor == SCRIPTED and protocol in GROUPS
    return Specimen(
        client=episode.persona.form,
        group=protocol if known else episode.counselor,
        seed=episode.seed,
        language=episode.language,
        name=episode.persona.demographics.first_name,
        transcript=episode.transcript,
    )


def is_ladder(sessions: Sequence[Specimen]) -> bool:
    """Tell whether all eight groups are there."""
    return set(GROUPS) <= {session.group for session in sessions}


def choose_changed(sessions: Sequence[Specimen]) -> tuple[Specimen, ...]:
    """Return the sessions to change: of skilled counselors, or all if none is known; two per client."""
    skilled = [session for session in sessions if session.group in SKILLED] or list(sessions)
    taken: dict[str, list[Specimen]] = {}
    for session in skilled:
        mine = taken.setdefault(session.client, [])
        if len(mine) < CHANGED_PER_CLIENT:
            mine.append(session)
    return tuple(session for mine in taken.values() for session in mine)
