"""How one person differs from another of the same attitude: drawn once per intake form, then fixed.

The three attitudes of one form share the temperament, so that they can be compared.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from agents.mind.parameters import Parameters


@dataclass(frozen=True)
class Temperament:
    """`trust` and `readiness` are points around the average; the rest are factors around 1."""

    trust: float = 0.0
    readiness: float = 0.0
    reactivity: float = 1.0
    warmth: float = 1.0
    talk: float = 1.0


@lru_cache(maxsize=4096)
def draw_temperament(form: str, parameters: Parameters) -> Temperament:
    """Return the temperament of the person on a form; every trait is drawn evenly from its range."""
    rng = random.Random(f"{form}/temperament")

    def between(name: str) -> float:
        return rng.uniform(parameters[f"temper.{name}_low"], parameters[f"temper.{name}_high"])

    def around(name: str) -> float:
        return rng.uniform(-1, 1) * parameters[f"temper.{name}"]

    return Temperament(
        trust=around("trust"),
        readiness=around("readiness"),
        reactivity=between("reactivity"),
        warmth=between("warmth"),
        talk=between("talk"),
    )
