"""The battery: how far each change of a session moved each item, held against what was owed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from evaluators.audit.check import MEAN, Check, Question, Values
from evaluators.audit.expectations import Expectation, Wanted, load_expectations
from evaluators.audit.specimen import Specimen
from evaluators.audit.trial import Scores, Trial
from evaluators.statistics import Estimate, cluster_mean, quantile

HARMLESS = ("name", "paraphrase", "form")


def check_battery(sessions: tuple[Specimen, ...], trial: Trial) -> Iterator[Check]:
    """Yield a check for each change and each item that something is owed for."""
    for owed in load_expectations():
        moved = partial(differ, sessions, trial.plain, trial.changed[owed.change])
        for wanted, required in ((owed.required, True), (owed.wished, False)):
            yield from _check_one(owed, wanted, required, moved, trial.items)


def _check_one(
    owed: Expectation,
    wanted: Wanted,
    required: bool,
    moved: Callable[[str], Values],
    items: tuple[str, ...],
) -> Iterator[Check]:
    def ask(kind: str) -> Question:
        return Question(owed.change, owed.tells[kind], required)

    for item in wanted.expand(wanted.falls, items):
        yield ask("falls").falls(item, moved(item), owed.least)
    for item in wanted.expand(wanted.holds, items):
        yield ask("holds").stays(item, moved(item), owed.margin)
    for item in wanted.expand(wanted.not_up, items):
        yield ask("not_up").rises_not(item, moved(item), owed.margin)


def differ(
    sessions: tuple[Specimen, ...], before: list[Scores], after: list[Scores], item: str
) -> Values:
    """Return how much an item's score changed, session by session, with the client."""
    return [
        (session.client, new[item] - old[item])
        for session, old, new in zip(sessions, before, after, strict=True)
        if item in old and item in new
    ]


def measure_moves(sessions: tuple[Specimen, ...], trial: Trial) -> dict[str, dict[str, Estimate]]:
    """Return the mean movement of each item under each change, owed or not."""
    moves: dict[str, dict[str, Estimate]] = {}
    for change, told in trial.changed.items():
        moves[change] = {}
        for item in (*trial.items, MEAN):
            values = differ(sessions, trial.plain, told, item)
            if values:
                moves[change][item] = cluster_mean(values, resamples=1000)
    return moves


def measure_noise(sessions: tuple[Specimen, ...], trial: Trial, item: str) -> float | None:
    """Return what 95 of 100 movements stay within that mean nothing: harmless changes, asking again.

    Two single sessions whose scores differ by less cannot be told apart on this item.
    """
    again = (trial.resampled, *(trial.changed[name] for name in HARMLESS))
    sizes = sorted(
        abs(move) for told in again for _, move in differ(sessions, trial.plain, told, item)
    )
    return quantile(sizes, 0.95) if sizes else None
