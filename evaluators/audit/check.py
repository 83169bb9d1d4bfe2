"""One question put to a judge: what was wanted of which item, what was found, and whether it passed.

A check fails when the estimate itself lies beyond the limit, and is unclear when only its interval
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from evaluators.statistics import Estimate, cluster_mean

MEAN = "mean"
_RESAMPLES = 1000
Values = Sequence[tuple[str, float]]


class Outcome(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Check:
    """One check of one item (`mean`: over all items). `found` is `None` where nothing was rated.

    `family` groups checks of one kind, `tells` completes "The judge …" when it failed; `required`
    checks decide fitness.
    """

    family: str
    item: str
    wants: str
    tells: str
    required: bool
    found: Estimate | None
    outcome: Outcome


@dataclass(frozen=True)
class Question:
    """What a family of checks asks; `put` makes a check of it for one item's values."""

    family: str
    tells: str
    required: bool

    def falls(self, item: str, values: Values, least: float) -> Check:
        """Want a mean difference of `-least` or lower, with an interval below 0."""
        return self._judge(item, f"falls by {least:g}", values, high=-least, sure=0.0)

    def stays(self, item: str, values: Values, margin: float) -> Check:
        """Want a mean difference within `margin` of 0, with its interval."""
        return self._judge(item, f"holds within {margin:g}", values, low=-margin, high=margin)

    def rises_not(self, item: str, values: Values, margin: float) -> Check:
        """Want a mean difference of no more than `margin`, with its interval."""
        return self._judge(item, f"rises by no more than {margin:g}", values, high=margin)

    def reaches(self, item: str, values: Values, least: float, sure: float = 0.0) -> Check:
        """Want a mean of `least` or more, with an interval above `sure`."""
        wants = f"at least {least:g}" if least else "above 0"
        return self._judge(item, wants, values, low=least, sure=sure)

    def leans_not(self, item: str, found: Estimate | None, most: float) -> Check:
        """Want a correlation of `most` or less; beyond it, unclear while its interval reaches half of it."""
        check = self.settle(item, f"correlation at most {most:g}", found, high=most, strict=False)
        wide = found is not None and (found.low is None or found.low <= most / 2)
        unsure = wide and check.outcome is Outcome.FAILED
        return replace(check, outcome=Outcome.UNCLEAR) if unsure else check

    def keeps_under(self, item: str, values: Values, most: float) -> Check:
        """Want a mean of `most` or less; the interval is told, and not asked for."""
        return self.settle(item, f"at most {most:g}", _estimate(values), high=most, strict=False)

    def _judge(
        self,
        item: str,
        wants: str,
        values: Values,
        *,
        low: float | None = None,
        high: float | None = None,
        sure: float | None = None,
    ) -> Check:
        return self.settle(item, wants, _estimate(values), low=low, high=high, sure=sure)

    def settle(
        self,
        item: str,
        wants: str,
        found: Estimate | None,
        *,
        low: float | None = None,
        high: float | None = None,
        sure: float | None = None,
        strict: bool = True,
    ) -> Check:
        """Return the check for an estimate: within `low` and `high`, the interval too if `strict`.

        With `sure` the interval is held against that value instead of the limit.
        """
        outcome = Outcome.UNCLEAR
        if found is not None:
            outcome = _decide(found, low, high, sure, strict=strict)
        return Check(self.family, item, wants, self.tells, self.required, found, outcome)


def _estimate(values: Values) -> Estimate | None:
    return cluster_mean(values, resamples=_RESAMPLES) if values else None


def _decide(
    found: Estimate, low: float | None, high: float | None, sure: float | None, *, strict: bool
) -> Outcome:
    under = low is not None and found.mean < low - 1e-9
    over = high is not None and found.mean > high + 1e-9
    if under or over:
        return Outcome.FAILED
    if not strict:
        return Outcome.PASSED
    if found.low is None or found.high is None:
        return Outcome.UNCLEAR
    lowest = low if sure is None else sure
    highest = high if sure is None else sure
    held = (low is None or lowest is None or found.low >= lowest) and (
        high is None or highest is None or found.high <= highest
    )
    return Outcome.PASSED if held else Outcome.UNCLEAR
