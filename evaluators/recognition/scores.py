"""How well distortions were named: accuracy, precision, recall and F1, by type and over all.

Every text is a decision for each type: is it in there? `presence` is the decision whether there is
any. Intervals resample whole clusters, since texts of one client go together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluators.agreement.bootstrap import Figure, bound, draw_weights
from evaluators.agreement.coefficients import Values
from personas.schema import Distortion

Types = frozenset[Distortion]
_TYPES = tuple(Distortion)
RATIOS = ("accuracy", "precision", "recall", "f1")


@dataclass(frozen=True)
class Guess:
    """What is in a text, and what was named; `None` is no answer."""

    cluster: str
    truth: Types
    named: Types | None


@dataclass(frozen=True)
class Score:
    """`held` texts hold it, `named` times it was named. A ratio over nothing has no value."""

    held: int
    named: int
    figures: dict[str, Figure]


@dataclass(frozen=True)
class Recognition:
    """All scores over `texts` answered texts; `missing` ones were not answered and count nowhere.

    `micro` pools the decisions on all types, `macro` is the mean over the types that occur or were
    named, a ratio over nothing as 0, as scikit-learn has it. `exact` is the share of texts with just
    the right set, `overlap` the mean of what is shared over what is in either set (Jaccard; 1 for
    two empty sets).
    """

    texts: int
    clusters: int
    missing: int
    presence: Score
    micro: Score
    macro: Score
    exact: Figure
    overlap: Figure
    types: dict[str, Score]


def score_guesses(guesses: Sequence[Guess]) -> Recognition:
    """Return the scores with 95 % bootstrap intervals over clusters. Raises ValueError for no answer."""
    answered = [guess for guess in guesses if guess.named is not None]
    if not answered:
        raise ValueError("no text was answered")
    clusters = sorted({guess.cluster for guess in answered})
    weights = draw_weights(len(clusters))
    place = {cluster: n for n, cluster in enumerate(clusters)}
    decisions = np.zeros((len(clusters), len(_TYPES) + 1, 4))
    whole = np.zeros((len(clusters), 3))
    for guess in answered:
        row = place[guess.cluster]
        for column, decision in enumerate(_decide(guess)):
            decisions[row, column, decision] += 1
        whole[row] += (1, guess.named == guess.truth, _overlap(guess))
    drawn = np.einsum("bc,cxy->bxy", weights, decisions)
    texts, exact, overlap = (weights @ whole).T
    return Recognition(
        texts=len(answered),
        clusters=len(clusters),
        missing=len(guesses) - len(answered),
        presence=_score(drawn[:, -1]),
        micro=_score(drawn[:, :-1].sum(axis=1)),
        macro=_score_macro(drawn[:, :-1]),
        exact=bound(exact / texts),
        overlap=bound(overlap / texts),
        types={name.value: _score(drawn[:, n]) for n, name in enumerate(_TYPES)},
    )


def _decide(guess: Guess) -> list[int]:
    """Return for each type, and for any at all: 0 hit, 1 false alarm, 2 miss, 3 rightly not named."""
    named = guess.named or frozenset()
    pairs = [(name in guess.truth, name in named) for name in _TYPES]
    return [
        {(True, True): 0, (False, True): 1, (True, False): 2, (False, False): 3}[pair]
        for pair in (*pairs, (bool(guess.truth), bool(named)))
    ]


def _overlap(guess: Guess) -> float:
    named = guess.named or frozenset()
    either = guess.truth | named
    return len(guess.truth & named) / len(either) if either else 1.0


def _score(drawn: Values) -> Score:
    """Return the score of decisions, resamples × (hits, alarms, misses, rest), the real ones first."""
    hits, alarms, misses, _ = drawn[0]
    figures = {name: bound(values) for name, values in _find_ratios(drawn).items()}
    return Score(int(hits + misses), int(hits + alarms), figures)


def _score_macro(drawn: Values) -> Score:
    """Return the mean over the types that occur or were named."""
    used = drawn[:, :, :3].sum(axis=2) > 0
    types = used.sum(axis=1)
    hits, alarms, misses = drawn[0, :, :3].sum(axis=0)
    figures = {
        name: bound(_divide(np.where(used, np.nan_to_num(values), 0.0).sum(axis=1), types))
        for name, values in _find_ratios(drawn).items()
    }
    return Score(int(hits + misses), int(hits + alarms), figures)


def _find_ratios(drawn: Values) -> dict[str, Values]:
    hits, alarms, misses, rest = np.moveaxis(drawn, -1, 0)
    return {
        "accuracy": _divide(hits + rest, hits + alarms + misses + rest),
        "precision": _divide(hits, hits + alarms),
        "recall": _divide(hits, hits + misses),
        "f1": _divide(2 * hits, 2 * hits + alarms + misses),
    }


def _divide(above: Values, below: Values) -> Values:
    share: Values = np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)
    return share
