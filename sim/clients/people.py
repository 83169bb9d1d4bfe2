"""The verb `personas`: list, show, import, validate."""

from __future__ import annotations

import difflib
import json
import os
from pathlib import Path
from shlex import quote

from rich.table import Table

from personas.errors import InputError
from personas.schema import Language, Persona
from personas.source import PersonaSource, load_personas
from sim.console import open_stdout, say


def list_personas(clients: str, language: Language) -> None:
    """Print one line per persona."""
    table = Table("id", "name", "age", "attitude", "domain", "resistance", "distortions")
    personas = load_personas(clients, language).personas
    for persona in personas:
        table.add_row(*_describe(persona))
    console = open_stdout()
    console.print(table)
    console.print(f"{len(personas)} personas. Synthetic; no real client.")


def show_persona(persona_id: str, clients: str, language: Language) -> None:
    """Print everything about one persona, the hidden part included."""
    personas = {p.id: p for p in load_personas(clients, language).personas}
    if persona_id not in personas:
        near = difflib.get_close_matches(persona_id, personas, n=3, cutoff=0.4)
        todo = f"the nearest: {', '.join(near)}" if near else "`counselgym personas list` has all"
        raise InputError(f"no persona {persona_id!r}", where=clients, todo=todo)
    persona = personas[persona_id].model_dump(mode="json")
    open_stdout().print_json(json.dumps(persona, ensure_ascii=False))


def import_personas(source: Path, target: Path, *, skip_bad: bool = False) -> None:
    """Write the personas of a file as JSON lines; print every repair and every item left out."""
    refuse_existing(target)
    loaded = load_personas(str(source), skip_bad=skip_bad)
    write_whole(target, "".join(f"{p.model_dump_json()}\n" for p in loaded.personas))
    _print_repairs(loaded)
    for skip in loaded.skipped:
        say(f"skipped {skip}")
    said = f", {len(loaded.skipped)} skipped" if skip_bad else ""
    say(f"{len(loaded.personas)} personas written to {target}{said}")
    say(f"Next: counselgym run --clients {quote(str(target))}")


def validate_personas(source: Path) -> None:
    """Say whether a file can be used, and what would be repaired."""
    loaded = load_personas(str(source))
    _print_repairs(loaded)
    say(f"{source}: {len(loaded.personas)} personas, all valid")


def _describe(persona: Persona) -> tuple[str, ...]:
    person = persona.demographics
    distortions = dict.fromkeys(thought.distortion.value for thought in persona.profile.thoughts)
    return (
        persona.id,
        person.name or "–",
        "–" if person.age is None else str(person.age),
        persona.attitude.value,
        persona.domain.value,
        persona.resistance.value,
        ", ".join(distortions),
    )


def _print_repairs(loaded: PersonaSource) -> None:
    for repair in loaded.repairs:
        say(f"{repair.file}, item {repair.item}, {repair.field}: {repair.what}")
    say(f"{len(loaded.repairs)} repairs")


def refuse_existing(target: Path) -> None:
    """Raise an InputError where a file is in the way."""
    if target.exists():
        raise InputError("exists already", where=str(target), todo="name another --out")


def write_whole(target: Path, text: str) -> None:
    """Write a file completely or not at all."""
    half = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        half.write_text(text, encoding="utf-8")
        half.rename(target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise InputError(f"cannot write here: {error.strerror}", where=str(target)) from None
