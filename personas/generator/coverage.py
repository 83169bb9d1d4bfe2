"""How evenly generated personas cover the factors, alone and in pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

from personas.generator.quota import BANDS, FACTORS, MINORS, name_band
from personas.schema import Attitude, Distortion, Domain, Persona, Resistance


@dataclass(frozen=True)
class Spread:
    """How a factor, or a pair of factors, is spread: cells, even share, rarest, commonest cell."""

    name: str
    cells: int
    even: float
    fewest: int
    most: int

    @property
    def worst(self) -> float:
        """Return the largest distance from the even share, as a part of it (0.1 is 10 %)."""
        return max(self.most - self.even, self.even - self.fewest) / self.even if self.even else 0.0


def measure_coverage(personas: Sequence[Persona], *, minors: bool = False) -> list[Spread]:
    """Return the spread of every factor and every pair; the distortion is that of the first thought."""
    rows = [_describe(persona) for persona in personas]
    levels = _levels(minors)
    names = [(factor,) for factor in FACTORS] + list(combinations(FACTORS, 2))
    return [_measure(rows, levels, factors) for factors in names]


def _levels(minors: bool) -> dict[str, list[str]]:
    bands = (MINORS, *BANDS) if minors else BANDS
    return {
        "domain": [d.value for d in Domain],
        "distortion": [d.value for d in Distortion],
        "attitude": [a.value for a in Attitude],
        "resistance": [r.value for r in Resistance],
        "age": [name_band(band) for band in bands],
    }


def _measure(
    rows: list[dict[str, str]], levels: dict[str, list[str]], factors: tuple[str, ...]
) -> Spread:
    counts = Counter(tuple(row[factor] for factor in factors) for row in rows)
    cells = list(product(*(levels[factor] for factor in factors)))
    met = [counts[cell] for cell in cells]
    return Spread(" × ".join(factors), len(cells), len(rows) / len(cells), min(met), max(met))


def _describe(persona: Persona) -> dict[str, str]:
    age = persona.demographics.age or 0
    band = next(band for band in (MINORS, *BANDS) if band[0] <= age <= band[1])
    return {
        "domain": persona.domain.value,
        "distortion": persona.profile.thoughts[0].distortion.value,
        "attitude": persona.attitude.value,
        "resistance": persona.resistance.value,
        "age": name_band(band),
    }
