"""What an audit makes of a judge: fit, screening only or unfit, by item and as a whole, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evaluators.audit.battery import check_battery, measure_moves, measure_noise
from evaluators.audit.check import MEAN, Check, Outcome
from evaluators.audit.ladder import check_ladder
from evaluators.audit.leanings import check_leanings
from evaluators.audit.specimen import GROUPS
from evaluators.audit.steadiness import check_steadiness
from evaluators.audit.trial import Material, Trial
from evaluators.statistics import Estimate, cluster_mean


class Fitness(StrEnum):
    """What a judge may be used for."""

    FIT = "fit"
    SCREENING = "screening only"
    UNFIT = "unfit"


@dataclass(frozen=True)
class ItemCard:
    """One item: what it may be used for, its checks, the mean of each group, and its noise.

    `noise` is the difference (points) below which two single sessions cannot be told apart.
    """

    item: str
    fitness: Fitness
    noise: float | None
    groups: Mapping[str, Estimate]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Scorecard:
    """One judge. `items` has a card per item and one for their `mean`; `moves` is by change and item."""

    judge: str
    voice: str
    scale: str
    fitness: Fitness
    reasons: tuple[str, ...]
    items: tuple[ItemCard, ...]
    moves: Mapping[str, Mapping[str, Estimate]]
    rated: int
    faults: tuple[str, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Return all checks, item by item."""
        return tuple(check for card in self.items for check in card.checks)

    @property
    def passes(self) -> bool:
        """Tell whether no required check failed."""
        return self.fitness is not Fitness.UNFIT


def score_judge(material: Material, trial: Trial) -> Scorecard:
    """Return the scorecard of a judge that has been tried."""
    checks = (
        *check_ladder(material.ladder, trial.ladder, trial.items),
        *check_battery(material.changed, trial),
        *check_steadiness(material, trial),
        *check_leanings(material.ladder, trial.ladder, trial.items),
    )
    return Scorecard(
        judge=trial.judge.name,
        voice=trial.judge.voice,
        scale=trial.scale,
        fitness=find_fitness(checks),
        reasons=tuple(find_reasons(checks)),
        items=tuple(_score_item(item, material, trial, checks) for item in (*trial.items, MEAN)),
        moves=measure_moves(material.changed, trial),
        rated=material.size,
        faults=tuple(trial.faults),
    )


def _score_item(item: str, material: Material, trial: Trial, checks: tuple[Check, ...]) -> ItemCard:
    mine = tuple(check for check in checks if check.item == item)
    return ItemCard(
        item,
        find_fitness(mine),
        measure_noise(material.changed, trial, item),
        _average_groups(item, material, trial),
        mine,
    )


def _average_groups(item: str, material: Material, trial: Trial) -> dict[str, Estimate]:
    means = {}
    for group in GROUPS:
        values = [
            (session.client, scores[item])
            for session, scores in zip(material.ladder, trial.ladder, strict=True)
            if session.group == group and item in scores
        ]
        if values:
            means[group] = cluster_mean(values, resamples=1000)
    return means


def find_fitness(checks: Iterable[Check]) -> Fitness:
    """Return unfit if a required check failed, screening only if one is unclear or a wish failed."""
    fitness = Fitness.FIT
    for check in checks:
        if check.outcome is Outcome.FAILED and check.required:
            return Fitness.UNFIT
        wanting = check.outcome is Outcome.FAILED
        if wanting or (check.outcome is Outcome.UNCLEAR and check.required):
            fitness = Fitness.SCREENING
    return fitness


def find_reasons(checks: Iterable[Check]) -> list[str]:
    """Return one sentence per family with failed checks, the required ones first."""
    failed = [check for check in checks if check.outcome is Outcome.FAILED]
    families: dict[tuple[bool, str], list[Check]] = {}
    for check in failed:
        families.setdefault((not check.required, check.tells), []).append(check)
    return [_explain(members) for _, members in sorted(families.items(), key=lambda f: f[0][0])]


def _explain(members: list[Check]) -> str:
    first = members[0]
    weight = "required" if first.required else "wished"
    items = ", ".join(dict.fromkeys(check.item.replace("_", " ") for check in members))
    return f"The judge {first.tells} ({weight}; {first.family}: {items})."


def say_estimate(found: Estimate | None, digits: int = 2) -> str:
    """Return an estimate with its interval in words, or a dash."""
    if found is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{found.mean:.{digits}f}"
    return f"{found.mean:.{digits}f} ({found.low:.{digits}f} to {found.high:.{digits}f})"
