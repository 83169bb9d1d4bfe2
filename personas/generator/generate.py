"""Generating personas: an even plan, a fitting person, and one situation written out in full.

The same seed gives the same personas, and the first hundred of a thousand are the hundred.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from personas.generator.compose import compose
from personas.generator.material import Material, Situation, load_generated
from personas.generator.people import Registry
from personas.generator.quota import Cell, iter_cells
from personas.schema import Language, Persona, Risk


def generate_personas(
    count: int,
    language: Language = "en",
    seed: int = 0,
    *,
    risk: Risk = Risk.NONE,
    minors: bool = False,
) -> Iterator[Persona]:
    """Yield `count` personas. Raises InputError where the language has no material."""
    material = load_generated(language)
    rng = random.Random(f"counselgym personas {language} {seed}")
    registry = Registry(material, seed)
    used: Counter[str] = Counter()
    cells = iter_cells(rng, minors=minors)
    for index in range(count):
        cell = next(cells)
        situation, age = _choose_situation(material, cell, used, rng)
        used[situation.id] += 1
        person = registry.make(age, situation.need, rng)
        name = f"gen-{language}-{seed}-{index:05d}"
        yield compose(material, registry, cell, person, situation, name, risk, rng)


def _choose_situation(
    material: Material, cell: Cell, used: Counter[str], rng: random.Random
) -> tuple[Situation, int]:
    """Return the least used situation of the domain that befalls this age, and an age for it."""
    low, high = cell.band
    fitting = [
        s
        for s in material.situations
        if s.domain is cell.domain and s.ages[0] <= high and s.ages[1] >= low
    ]
    situation = min(fitting, key=lambda s: (used[s.id], rng.random()))
    return situation, rng.randint(max(low, situation.ages[0]), min(high, situation.ages[1]))
