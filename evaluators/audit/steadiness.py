"""Is the judge one with itself? The same session again, the other way round, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from evaluators.audit.battery import differ
from evaluators.audit.check import MEAN, Check, Question, Values
from evaluators.audit.specimen import SKILLED, Specimen
from evaluators.audit.trial import Material, Scores, Trial

_RETEST = 0.5
_REASK = 0.25
_DRIFT = 0.25
_MISSING = 0.1
_COMMONEST = 0.9
_AT_TOP = 0.5
_TOP = 5.75


def check_steadiness(material: Material, trial: Trial) -> Iterator[Check]:
    """Yield test-retest, re-asking, the order of judging, what is missing, and how scores spread."""
    sessions = material.changed
    retest = Question("retest", "does not agree with itself on the same session", True)
    reask = Question("re-ask", "answers the same request differently", False)
    order = Question("order", "drifts with the order of judging", True)
    missing = Question("missing", "leaves too much unrated", True)
    spread = Question("spread", "gives nearly everybody the same score", True)
    top = Question("ceiling", "has no room left above good sessions", False)
    for item in (*trial.items, MEAN):
        again = differ(sessions, trial.plain, trial.reasked, item)
        yield retest.keeps_under(
            item, _size(differ(sessions, trial.plain, trial.resampled, item)), _RETEST
        )
        yield reask.keeps_under(item, _size(again), _REASK)
        yield order.stays(item, again, _DRIFT)
        yield order.stays(item, turn_by_place(again), _DRIFT)
        yield spread.keeps_under(item, _commonest(material.ladder, trial.ladder, item), _COMMONEST)
        yield top.keeps_under(item, _at_top(material.ladder, trial.ladder, item), _AT_TOP)
    for item in trial.items or (MEAN,):
        absent = [(s.client, float(item not in given)) for s, given in _all_given(material, trial)]
        yield missing.keeps_under(item, absent, _MISSING)


def _size(moves: Values) -> Values:
    return [(client, abs(move)) for client, move in moves]


def turn_by_place(moves: Values) -> Values:
    """Return movements with the sign of their change of place within an asking: later minus earlier.

    The second asking went backwards: the first half came later then, the second half earlier.
    """
    half = len(moves) / 2
    return [(client, move if place < half else -move) for place, (client, move) in enumerate(moves)]


def _commonest(sessions: tuple[Specimen, ...], given: list[Scores], item: str) -> Values:
    """Return, for each session, whether it got the item's commonest score."""
    rated = [(s.client, got[item]) for s, got in zip(sessions, given, strict=True) if item in got]
    commonest = Counter(score for _, score in rated).most_common(1)
    return [(client, float(score == commonest[0][0])) for client, score in rated]


def _at_top(sessions: tuple[Specimen, ...], given: list[Scores], item: str) -> Values:
    """Return, for each session of a skilled counselor, whether it got the top of the scale."""
    return [
        (session.client, float(got[item] >= _TOP))
        for session, got in zip(sessions, given, strict=True)
        if item in got and session.group in SKILLED
    ]


def _all_given(material: Material, trial: Trial) -> Iterator[tuple[Specimen, Scores]]:
    yield from zip(material.ladder, trial.ladder, strict=True)
    for told in (trial.plain, *trial.changed.values(), trial.resampled, trial.reasked):
        yield from zip(material.changed, told, strict=True)
