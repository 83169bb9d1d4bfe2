"""Known groups: does the judge put skilled counselors above a kind listener, and that above the rest?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from statistics import fmean

from evaluators.audit.check import MEAN, Check, Question, Values
from evaluators.audit.specimen import BASELINES, HELPER, SKILLED, Specimen
from evaluators.audit.trial import Scores

_TIERS = (SKILLED, (HELPER,), BASELINES)
_APART = 0.5
_RANK_OF_MEAN = 0.8
_RANK_OF_ITEM = 0.4
_TELLS = "does not order the known groups"

Rungs = dict[tuple[str, int], dict[str, float]]
"""By client and seed: the score of each group."""


def check_ladder(
    sessions: tuple[Specimen, ...], given: list[Scores], items: tuple[str, ...]
) -> Iterator[Check]:
    """Yield the order of the groups on the mean, pair by pair, and on each item.

    The rank correlation is Somers' D of the score given the tier (-1 to 1), per client and averaged.
    """
    must, wish = Question("ladder", _TELLS, True), Question("ladder", _TELLS, False)
    rungs = set_rungs(sessions, given, MEAN)
    for better, worse in (*product(SKILLED, (HELPER,)), *product((HELPER,), BASELINES)):
        check = must.reaches(MEAN, subtract(rungs, better, worse), 0.0)
        yield _name(check, f"{better} above {worse}")
    yield _name(must.reaches(MEAN, rank(rungs), _RANK_OF_MEAN, 0.5), "rank correlation")
    for item in items:
        mine = set_rungs(sessions, given, item)
        yield _name(must.reaches(item, part(mine), _APART), "skilled above baselines")
        yield _name(wish.reaches(item, rank(mine), _RANK_OF_ITEM), "rank correlation")


def _name(check: Check, what: str) -> Check:
    return replace(check, wants=f"{what}: {check.wants}")


def set_rungs(sessions: Iterable[Specimen], given: list[Scores], item: str) -> Rungs:
    """Return the scores of one item by client and seed, and by group."""
    rungs: Rungs = defaultdict(dict)
    for session, scores in zip(sessions, given, strict=True):
        if item in scores:
            rungs[session.client, session.seed][session.group] = scores[item]
    return rungs


def subtract(rungs: Rungs, better: str, worse: str) -> Values:
    """Return the paired differences between two groups, by client."""
    return [
        (client, row[better] - row[worse])
        for (client, _), row in rungs.items()
        if better in row and worse in row
    ]


def part(rungs: Rungs) -> Values:
    """Return by how much the skilled groups lie above the baselines, by client."""
    parted = []
    for (client, _), row in rungs.items():
        high = [row[group] for group in SKILLED if group in row]
        low = [row[group] for group in BASELINES if group in row]
        if high and low:
            parted.append((client, fmean(high) - fmean(low)))
    return parted


def rank(rungs: Rungs) -> Values:
    """Return Somers' D over the pairs of groups from different tiers, by client."""
    ranked = []
    for (client, _), row in rungs.items():
        signs = [
            (row[better] > row[worse]) - (row[better] < row[worse])
            for better, worse in _pairs()
            if better in row and worse in row
        ]
        if signs:
            ranked.append((client, fmean(signs)))
    return ranked


def _pairs() -> Iterator[tuple[str, str]]:
    for place, tier in enumerate(_TIERS):
        for lower in _TIERS[place + 1 :]:
            yield from product(tier, lower)
