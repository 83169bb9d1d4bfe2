"""What makes an episode this episode: the key under which it is stored and found again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from graphs.state import Voices
from personas.schema import Language
from runs.record import SCHEMA_VERSION

MIND = "mind"  # the setting under which a mind set anew stands; all others are models' and prompts'


@dataclass(frozen=True)
class Shape:
    """The settings of a run that shape every episode in it; a run folder has exactly one shape."""

    language: Language
    scales: tuple[str, ...]
    samples: int
    max_exchanges: int


@dataclass(frozen=True)
class Cast:
    """Who plays beside the persona: the counselor's spec, the voice of every part, and by role the
    digests of what else shapes their words (a model's sampling, a prompt's text, a mind set anew)."""

    counselor: str
    voices: Voices
    settings: tuple[tuple[str, str], ...] = ()


def episode_key(persona: str, cast: Cast, seed: int, shape: Shape) -> str:
    """Return 16 hex digits over all that decides an episode; `persona` is the persona's digest."""
    parts = {
        "persona": persona,
        "cast": asdict(cast),
        "seed": seed,
        "shape": asdict(shape),
        "schema": SCHEMA_VERSION,
    }
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
