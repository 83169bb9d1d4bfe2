"""How much better a client says it feels afterwards: the change of the PANAS sums, by attitude."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from evaluators.realism.session import Session
from evaluators.statistics import Estimate, cluster_mean, quantile
from personas.schema import Attitude

_SEED = 1988
_DRAWS, _FEWEST, _PICKS = 2000, 200, 400_000
STEPS = ((Attitude.POSITIVE, Attitude.NEUTRAL), (Attitude.NEUTRAL, Attitude.NEGATIVE))


@dataclass
class Gains:
    """Changes of the self-reported PANAS sums (10 to 50) by counselor and attitude.

    The gain is what positive affect rose plus what negative affect fell; a session with a missing
    sum does not enter.
    """

    values: dict[tuple[str, Attitude], list[tuple[str, float]]] = field(default_factory=dict)

    def add(self, session: Session) -> None:
        """Take in one session; nothing without both sums and the attitude."""
        if session.attitude is None or session.pa_gain is None or session.na_gain is None:
            return
        cell = self.values.setdefault((session.counselor, session.attitude), [])
        cell.append((session.cluster, session.pa_gain - session.na_gain))

    def mean(self, counselor: str, attitude: Attitude) -> Estimate | None:
        """Return the mean gain with a bootstrap interval over intake forms."""
        cell = self.values.get((counselor, attitude))
        return cluster_mean(cell, resamples=_count_draws(len(cell))) if cell else None

    def difference(self, counselor: str, higher: Attitude, lower: Attitude) -> Estimate | None:
        """Return the mean gain of one attitude minus another's, with a bootstrap interval over forms.

        Forms are drawn whole: where a form occurs with both attitudes, the interval is that of
        pairs. `n` counts the sessions of both; `None` where a side is missing.
        """
        cells = [self.values.get((counselor, attitude), []) for attitude in (higher, lower)]
        if not all(cells):
            return None
        sides = [_by_form(cell) for cell in cells]
        forms = sorted(set(sides[0]) | set(sides[1]))
        whole = _subtract(sides, Counter(forms))
        assert whole is not None
        draws = random.Random(_SEED)
        means = [
            _subtract(sides, Counter(draws.choices(forms, k=len(forms)))) for _ in range(_DRAWS)
        ]
        known = sorted(mean for mean in means if mean is not None)
        low, high = quantile(known, 0.025), quantile(known, 0.975)
        n = len(cells[0]) + len(cells[1])
        return Estimate(whole, low, high, n, len(forms)) if len(forms) > 1 else None

    @property
    def counselors(self) -> tuple[str, ...]:
        """Return all counselors, by name."""
        return tuple(sorted({counselor for counselor, _ in self.values}))


def _count_draws(forms: int) -> int:
    """Return how many bootstrap draws to make: fewer over many forms, where fewer will do."""
    return max(_FEWEST, min(_DRAWS, _PICKS // forms))


def _by_form(cell: list[tuple[str, float]]) -> dict[str, list[float]]:
    forms: dict[str, list[float]] = {}
    for form, value in cell:
        forms.setdefault(form, []).append(value)
    return forms


def _subtract(sides: list[dict[str, list[float]]], weights: Counter[str]) -> float | None:
    """Return the difference of the two means, forms weighted; `None` if a side was not drawn."""
    means = []
    for side in sides:
        total = sum(weights[form] * sum(values) for form, values in side.items())
        n = sum(weights[form] * len(values) for form, values in side.items())
        if not n:
            return None
        means.append(total / n)
    return means[0] - means[1]
