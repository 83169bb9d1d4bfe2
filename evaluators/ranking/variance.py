"""Where the noise comes from: client, counselor by client, seed, judge; and what may still be seen.

Components of a balanced design by the method of moments (Searle, Casella & McCulloch 1992, ch. 4);
a negative estimate is reported as 0. Counselors are fixed, the rest is random.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

from evaluators.ranking.scores import Array


@dataclass(frozen=True)
class Components:
    """Variances, in squared points of the measure; `None` where the design cannot tell.

    `client`: some clients are harder for everyone; `match`: a client suits one counselor more than
    another; `seed`: the same pair of counselor and client played again; `judge_severity`: a judge is
    strict throughout; `judge_noise`: a judge disagrees about this episode.
    """

    client: float
    match: float | None
    seed: float | None
    judge_severity: float | None
    judge_noise: float | None


def split_variance(values: Array) -> Components:
    """Return the components of scores of shape (counselors, clients, seeds, judges).

    Clients with a missing score are left out. Raises ValueError with fewer than two whole clients.
    """
    whole = ~np.isnan(values).any(axis=(0, 2, 3))
    values = values[:, whole]
    counselors, clients, seeds, judges = values.shape
    if clients < 2:
        raise ValueError("the variance between clients needs two clients without a missing score")
    severity, judge_noise = _split_judges(values)
    episodes = values.mean(axis=3)
    cells = episodes.mean(axis=2)
    seed = None
    if seeds > 1:
        within = float(episodes.var(axis=2, ddof=1).mean())
        seed = max(within - (judge_noise or 0) / judges, 0.0)
    noise = (seed or 0.0) / seeds + (judge_noise or 0.0) / (judges * seeds)
    across = cells - cells.mean(axis=1, keepdims=True)
    common = across.mean(axis=0)
    match = None
    if counselors > 1:
        rest = across - common
        ms = float((rest**2).sum() / ((counselors - 1) * (clients - 1)))
        match = max(ms - noise, 0.0)
    spread = float((common**2).sum() / (clients - 1))
    client = max(spread - ((match or 0.0) + noise) / counselors, 0.0)
    return Components(client, match, seed, severity, judge_noise)


def _split_judges(values: Array) -> tuple[float | None, float | None]:
    judges = values.shape[3]
    if judges < 2:
        return None, None
    flat = values.reshape(-1, judges)
    rows = flat - flat.mean(axis=1, keepdims=True)
    severity = rows.mean(axis=0)
    rest = rows - severity
    noise = float((rest**2).sum() / ((len(flat) - 1) * (judges - 1)))
    strict = float((severity**2).sum() / (judges - 1)) - noise / len(flat)
    return max(strict, 0.0), noise


def difference_spread(components: Components, seeds: int) -> float:
    """Return the standard deviation over clients of the difference between two counselors."""
    match = components.match or 0.0
    noise = (components.seed or 0.0) + (components.judge_noise or 0.0)
    return sqrt(2 * (match + noise / seeds))


def power_of(difference: float, spread: float, clients: int, level: float = 0.05) -> float:
    """Return the chance that a paired t test over clients sees a true difference."""
    if clients < 2:
        return 0.0
    if spread == 0:
        return 1.0
    far = abs(difference) / spread * sqrt(clients)
    bound = stats.t.ppf(1 - level / 2, clients - 1)
    power = float(stats.nct.sf(bound, clients - 1, far) + stats.nct.cdf(-bound, clients - 1, far))
    if np.isnan(power):  # scipy gives up far out, where only the spread of the clients is left
        return float(stats.chi2.cdf((clients - 1) * (far / bound) ** 2, clients - 1))
    return power


def clients_needed(
    difference: float, spread: float, power: float, level: float = 0.05, most: int = 100_000
) -> int | None:
    """Return the fewest clients that see the difference with that power, `None` if over `most`."""
    low, high = 2, 2
    while power_of(difference, spread, high, level) < power:
        low, high = high, high * 2
        if high > most:
            return None
    while low < high:
        middle = (low + high) // 2
        if power_of(difference, spread, middle, level) >= power:
            high = middle
        else:
            low = middle + 1
    return high


def smallest_visible(spread: float, clients: int, power: float = 0.8, level: float = 0.05) -> float:
    """Return the smallest true difference that is seen with that power."""
    low, high = 0.0, 20 * spread + 1e-9
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (low, middle) if power_of(middle, spread, clients, level) >= power else (middle, high)
        )
    return high
