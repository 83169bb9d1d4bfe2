"""The clients of a loop: those it learns with and those it is evaluated with, which share no form."""

from __future__ import annotations

from pathlib import Path

from personas.errors import InputError
from personas.schema import Persona
from personas.source import load_personas
from sim.loop.config import LoopConfig
from sim.playing.casting import fingerprint
from sim.playing.plan import fingerprint_personas

_NAMED = 3


def check_inputs(config: LoopConfig, path: Path) -> dict[str, str]:
    """Return digests of what the settings in `path` name. Raises InputError for clients on both sides."""
    learning, held_out = (
        load_personas(spec, config.play.language).personas
        for spec in (config.clients, config.held_out)
    )
    _refuse_shared(learning, held_out, path)
    digests = {
        "clients": fingerprint_personas(learning),
        "held_out": fingerprint_personas(held_out),
    }
    if config.start is None:
        return digests
    if not (config.start / "config.json").is_file():
        raise InputError("no checkpoint here", where=f"{path}, field start: {config.start}")
    return digests | {"start": fingerprint(config.start)}


def _refuse_shared(
    learning: tuple[Persona, ...], held_out: tuple[Persona, ...], path: Path
) -> None:
    forms = {persona.form for persona in learning}
    shared = list(dict.fromkeys(persona.form for persona in held_out if persona.form in forms))
    if shared:
        more = f" and {len(shared) - _NAMED} more" if len(shared) > _NAMED else ""
        raise InputError(
            f"clients to evaluate with are among those to learn with: "
            f"{', '.join(shared[:_NAMED])}{more}",
            where=f"{path}, field held_out",
            todo="name other clients; counselgym personas generate --seed makes others",
        )
