"""Who is generated: an even spread over domain, distortion, attitude, resistance and age.

Domains and distortions go round in shuffled blocks of all their pairs; age, attitude and
resistance are then each given the value whose pairs with what is chosen are the rarest so far.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from personas.schema import Attitude, Distortion, Domain, Resistance

BANDS = ((18, 29), (30, 44), (45, 59), (60, 84))
MINORS = (13, 17)
FACTORS = ("domain", "distortion", "attitude", "resistance", "age")


@dataclass(frozen=True)
class Cell:
    """What one persona is to be."""

    domain: Domain
    distortion: Distortion
    attitude: Attitude
    resistance: Resistance
    band: tuple[int, int]

    @property
    def values(self) -> dict[str, str]:
        """Return the levels by factor, as the coverage table names them."""
        return {
            "domain": self.domain.value,
            "distortion": self.distortion.value,
            "attitude": self.attitude.value,
            "resistance": self.resistance.value,
            "age": name_band(self.band),
        }


def name_band(band: tuple[int, int]) -> str:
    """Return an age band as it is printed."""
    return f"{band[0]}-{band[1]}"


def iter_cells(rng: random.Random, *, minors: bool = False) -> Iterator[Cell]:
    """Yield cells without end; any beginning of the sequence is spread as evenly as it can be."""
    bands = (MINORS, *BANDS) if minors else BANDS
    pairs: Counter[tuple[object, object]] = Counter()
    while True:
        block = [(domain, distortion) for domain in Domain for distortion in Distortion]
        rng.shuffle(block)
        for domain, distortion in block:
            chosen: list[object] = [domain, distortion]
            for levels in (bands, tuple(Resistance), tuple(Attitude)):
                chosen.append(_rarest(levels, chosen, pairs, rng))
            pairs.update(combinations(chosen, 2))
            band = chosen[2]
            assert isinstance(band, tuple)
            yield Cell(
                domain, distortion, Attitude(str(chosen[4])), Resistance(str(chosen[3])), band
            )


def _rarest(
    levels: Sequence[object],
    chosen: list[object],
    pairs: Counter[tuple[object, object]],
    rng: random.Random,
) -> object:
    """Return the level whose pairs with the chosen ones are rarest, in the worst and on the whole."""

    def count(level: object) -> tuple[int, float]:
        met = [pairs[other, level] for other in chosen]
        return sum(met), rng.random()

    return min(levels, key=count)
