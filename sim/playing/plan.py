"""What is to be played: every persona with every counselor and seed, as a stream of tickets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agents.counselors.base import Counselor
from graphs.state import Company
from personas.errors import InputError
from personas.importers.cactus import Repair
from personas.schema import Persona
from personas.source import load_personas
from runs.key import MIND, Cast, Shape, episode_key
from sim.config import Place, RunConfig, name_flag
from sim.playing.casting import Casting


@dataclass(frozen=True)
class Ticket:
    """One episode to be played."""

    key: str
    persona: Persona
    spec: str
    counselor: Counselor
    seed: int


@dataclass(frozen=True)
class Plan:
    """All that a run plays; iterating makes the tickets one by one. `kin` warns of related judges.

    The order is persona-major, so that any prefix is (nearly) paired across counselors.
    """

    personas: tuple[Persona, ...]
    repairs: tuple[Repair, ...]
    counselors: dict[str, Counselor]
    company: Company
    casts: Mapping[str, Cast]
    seeds: Sequence[int]
    shape: Shape
    kin: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.personas) * len(self.counselors) * len(self.seeds)

    def __iter__(self) -> Iterator[Ticket]:
        for persona in self.personas:
            for seed in self.seeds:
                for spec, counselor in self.counselors.items():
                    key = episode_key(persona.digest, self.casts[spec], seed, self.shape)
                    yield Ticket(key, persona, spec, counselor, seed)

    @property
    def with_models(self) -> bool:
        """Tell whether any voice is a model."""
        return any(role != MIND for cast in self.casts.values() for role, _ in cast.settings)

    @property
    def fingerprint(self) -> str:
        """Return 16 hex digits over all personas, in order."""
        return fingerprint_personas(self.personas)


def fingerprint_personas(personas: Iterable[Persona]) -> str:
    """Return 16 hex digits over personas, in order."""
    digests = "".join(persona.digest for persona in personas)
    return hashlib.sha256(digests.encode()).hexdigest()[:16]


def build_plan(config: RunConfig, place: Place = name_flag) -> Plan:
    """Turn names into personas and voices; raises InputError for what cannot be used.

    `place` says, for errors, where a field of the configuration was set.
    """
    casting = Casting(config, place)
    counselors, company = casting.build_counselors(), casting.build_company()
    source = load_personas(config.clients, config.language)
    personas = source.personas[: config.limit]
    _check_personas(personas, config)
    return Plan(
        personas=personas,
        repairs=source.repairs,
        counselors=counselors,
        company=company,
        casts=casting.build_casts(counselors, company),
        seeds=config.all_seeds,
        shape=config.shape,
        kin=casting.find_kin(
            config.roles.client or config.model, counselors, config.roles.judges or (config.model,)
        ),
    )


def _check_personas(personas: tuple[Persona, ...], config: RunConfig) -> None:
    for persona in personas:
        if persona.language != config.language:
            raise InputError(
                f"{persona.id} speaks {persona.language}, the run is set to {config.language}",
                where=config.clients,
                todo=f"add --language {persona.language}, or give other clients",
            )
