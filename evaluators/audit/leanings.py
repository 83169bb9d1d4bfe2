"""What goes with a score that should not: the length of a session, the echo of the client's words.

Correlations are within groups, so that good counselors who happen to talk more do not count as a
leaning of the judge.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from statistics import fmean

from agents.text import count_words, share_in, words_in
from agents.transcript import Speaker, turns_of
from evaluators.audit.check import MEAN, Check, Question
from evaluators.audit.specimen import Specimen
from evaluators.audit.trial import Scores
from evaluators.statistics import Estimate, quantile

_MOST = 0.6
_SEED = 20480
_RESAMPLES = 1000

Row = tuple[str, str, float, float]
"""Client, group, what should not matter, and the score."""


def check_leanings(
    sessions: tuple[Specimen, ...], given: list[Scores], items: tuple[str, ...]
) -> Iterator[Check]:
    """Yield how scores go with the counselor's words and with the echo, on each item and the mean.

    Only the mean is required not to go with length: some items have a reason to, as homework comes at
    the end of sessions that last.
    """
    words = [float(count_counselor_words(session)) for session in sessions]
    echoed = [echo_share(session) for session in sessions]
    for item in (*items, MEAN):
        length = Question("length", "goes with the length of the session", item == MEAN)
        yield length.leans_not(item, correlate_within(_pair(sessions, words, given, item)), _MOST)
        echo = Question("echo share", "goes with the echo of the client's words", False)
        yield echo.leans_not(item, correlate_within(_pair(sessions, echoed, given, item)), _MOST)


def count_counselor_words(session: Specimen) -> int:
    """Return how many words the counselor said."""
    return sum(count_words(turn.text) for turn in turns_of(session.transcript, Speaker.COUNSELOR))


def echo_share(session: Specimen) -> float:
    """Return the mean share (0 to 1) of a counselor message that the client had just said."""
    shares = []
    for before, turn in zip(session.transcript, session.transcript[1:], strict=False):
        if turn.speaker is Speaker.COUNSELOR and before.speaker is Speaker.CLIENT:
            shares.append(share_in(turn.text, words_in([before.text])))
    return fmean(shares) if shares else 0.0


def _pair(
    sessions: Iterable[Specimen], measure: Sequence[float], given: list[Scores], item: str
) -> list[Row]:
    return [
        (session.client, session.group, amount, scores[item])
        for session, amount, scores in zip(sessions, measure, given, strict=True)
        if item in scores
    ]


def correlate_within(rows: Sequence[Row]) -> Estimate | None:
    """Return Pearson's r after each group's means are taken out, with an interval over clients.

    A score that never varies within a group goes with nothing: 0. `None` for no rows.
    """
    if not rows:
        return None
    sums = _sum_products(_center(rows))
    found = _correlation(sums.values())
    clients = sorted(sums)
    if len(clients) == 1:
        return Estimate(found, None, None, len(rows), 1)
    rng = random.Random(_SEED)
    drawn = sorted(
        _correlation([sums[client] for client in rng.choices(clients, k=len(clients))])
        for _ in range(_RESAMPLES)
    )
    return Estimate(found, quantile(drawn, 0.025), quantile(drawn, 0.975), len(rows), len(clients))


def _center(rows: Sequence[Row]) -> Iterator[tuple[str, float, float]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[1]].append(row)
    for members in groups.values():
        amount, score = fmean(row[2] for row in members), fmean(row[3] for row in members)
        for client, _, mine, given in members:
            yield client, mine - amount, given - score


def _sum_products(
    rows: Iterable[tuple[str, float, float]],
) -> dict[str, tuple[float, float, float]]:
    sums: dict[str, tuple[float, float, float]] = defaultdict(lambda: (0.0, 0.0, 0.0))
    for client, x, y in rows:
        xy, xx, yy = sums[client]
        sums[client] = xy + x * y, xx + x * x, yy + y * y
    return sums


def _correlation(sums: Iterable[tuple[float, float, float]]) -> float:
    xy, xx, yy = (sum(column) for column in zip(*sums, strict=True))
    return xy / sqrt(xx * yy) if xx > 1e-12 and yy > 1e-12 else 0.0
