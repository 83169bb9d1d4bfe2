"""A share of so many out of so many, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.959964


@dataclass
class Share:
    """`hits` out of `n`; it is filled one case at a time."""

    hits: int = 0
    n: int = 0

    def add(self, hits: int | bool, n: int = 1) -> None:
        """Take in `n` cases, `hits` of which count."""
        self.hits += int(hits)
        self.n += n

    @property
    def value(self) -> float | None:
        """Return the share (0 to 1), `None` of nothing."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % Wilson interval, which takes the cases as independent."""
        if not self.n:
            return None
        z2, p = _Z**2, self.hits / self.n
        middle = (p + z2 / (2 * self.n)) / (1 + z2 / self.n)
        half = _Z / (1 + z2 / self.n) * sqrt(p * (1 - p) / self.n + z2 / (4 * self.n**2))
        return max(0.0, middle - half), min(1.0, middle + half)

    def to_json(self) -> dict[str, object]:
        """Return share, interval and counts."""
        low, high = self.interval or (None, None)
        return {"share": self.value, "low": low, "high": high, "hits": self.hits, "n": self.n}
