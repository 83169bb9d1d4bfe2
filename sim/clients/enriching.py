"""Enriching personas by a model: one call each, several in flight; what fails stays as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.llm.enrichment import Enricher
from agents.models.caller import Caller
from agents.models.endpoint import parse_spec
from agents.models.faults import CallFault, PermanentFault
from agents.models.reply import Model
from personas.errors import InputError
from personas.schema import Persona

IN_FLIGHT = 16
_LOCAL = "local:"


@dataclass(frozen=True)
class Enrichment:
    """The personas in their order, and the ids of those that stayed as they were, with reasons."""

    personas: list[Persona]
    kept: list[tuple[str, str]]
    voice: str


async def enrich_personas(personas: Sequence[Persona], spec: str) -> Enrichment:
    """Enrich by the model of a spec. Raises InputError for a bad spec, or if no call works."""
    return await enrich_with(personas, Enricher(_open(spec)))


async def enrich_with(personas: Sequence[Persona], enricher: Enricher) -> Enrichment:
    """Enrich every persona by one call; a call that fails leaves its persona as it was."""
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def enrich(persona: Persona) -> tuple[Persona, str]:
        async with slots:
            try:
                return await enricher.enrich(persona)
            except PermanentFault as fault:
                raise InputError(str(fault), where="--enrich") from None
            except CallFault as fault:
                return persona, f"the call failed: {fault}"

    results = await asyncio.gather(*(enrich(persona) for persona in personas))
    kept = [(persona.id, why) for persona, why in results if why]
    return Enrichment([persona for persona, _ in results], kept, enricher.voice)


def _open(spec: str) -> Model:
    if spec.startswith(_LOCAL):
        from agents.models.local import LocalModel

        return LocalModel(Path(spec.removeprefix(_LOCAL)))
    endpoint = parse_spec(spec, {})
    return Caller(endpoint, stock=endpoint.stock)
