"""Scores of recognition against counting by hand and scikit-learn."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("numpy", reason="the extra stats is not installed")

from evaluators.recognition.scores import Guess, score_guesses
from personas.schema import Distortion

MIND, FORTUNE, SHOULD = (
    Distortion.MIND_READING,
    Distortion.FORTUNE_TELLING,
    Distortion.SHOULD_STATEMENTS,
)


def guess(truth: set[Distortion], named: set[Distortion] | None, cluster: str = "a") -> Guess:
    return Guess(cluster, frozenset(truth), None if named is None else frozenset(named))


def values(score: object) -> dict[str, float | None]:
    return {name: figure.value for name, figure in score.figures.items()}


def make_guesses(n: int = 120) -> list[Guess]:
    rng = random.Random(3)
    kinds = list(Distortion)[:6]
    guesses = []
    for place in range(n):
        truth = {kind for kind in kinds if rng.random() < 0.25}
        named = {kind for kind in kinds if rng.random() < (0.7 if kind in truth else 0.15)}
        guesses.append(guess(truth, named, f"c{place % 30}"))
    return guesses


def test_counts_worked_out_by_hand() -> None:
    found = score_guesses(
        [
            guess({MIND}, {MIND}),
            guess({MIND}, {FORTUNE}, "b"),
            guess({MIND, SHOULD}, {MIND, FORTUNE, SHOULD}, "c"),
            guess(set(), set(), "d"),
            guess(set(), {MIND}, "e"),
        ]
    )
    mind = found.types["mind_reading"]
    assert (mind.held, mind.named) == (3, 3)
    assert values(mind) == pytest.approx(
        {"accuracy": 3 / 5, "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3}
    )
    # never in truth, named twice: nothing to recall, nothing right
    fortune = values(found.types["fortune_telling"])
    assert (fortune["precision"], fortune["recall"], fortune["f1"]) == (0.0, None, 0.0)
    assert values(found.presence)["accuracy"] == pytest.approx(4 / 5)
    assert values(found.micro)["precision"] == pytest.approx(3 / 6)
    assert values(found.micro)["recall"] == pytest.approx(3 / 4)
    assert values(found.macro)["f1"] == pytest.approx((2 / 3 + 0 + 1) / 3)
    assert found.exact.value == pytest.approx(2 / 5)
    assert found.overlap.value == pytest.approx((1 + 0 + 2 / 3 + 1 + 0) / 5)


def test_no_answer_is_missing_and_never_a_no() -> None:
    found = score_guesses([guess({MIND}, {MIND}), guess({MIND}, None, "b")])
    assert (found.texts, found.missing) == (1, 1)
    assert values(found.micro)["recall"] == 1.0
    with pytest.raises(ValueError, match="no text"):
        score_guesses([guess({MIND}, None)])


@pytest.mark.parametrize("average", ["micro", "macro"])
def test_precision_recall_and_f1_are_scikit_learns(average: str) -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="the reference library is missing")
    guesses = make_guesses()
    kinds = list(Distortion)[:6]
    truth = [[kind in g.truth for kind in kinds] for g in guesses]
    named = [[kind in g.named for kind in kinds] for g in guesses]
    theirs = metrics.precision_recall_fscore_support(truth, named, average=average, zero_division=0)
    ours = values(getattr(score_guesses(guesses), average))
    assert [ours[name] for name in ("precision", "recall", "f1")] == pytest.approx(
        theirs[:3], abs=1e-6
    )
    assert score_guesses(guesses).exact.value == metrics.accuracy_score(truth, named)
    overlap = metrics.jaccard_score(truth, named, average="samples", zero_division=1)
    assert score_guesses(guesses).overlap.value == pytest.approx(overlap, abs=1e-6)


def test_intervals_hold_the_value_and_need_more_than_one_cluster() -> None:
    found = score_guesses(make_guesses())
    for score in (found.presence, found.micro, found.macro):
        for figure in score.figures.values():
            assert figure.low < figure.value < figure.high
    one = score_guesses([guess({MIND}, {MIND}), guess({MIND}, {SHOULD})])
    assert one.micro.figures["recall"].value == 0.5
    assert one.micro.figures["recall"].low is None


def test_texts_that_go_together_make_the_interval_wider() -> None:
    alone = [guess({MIND}, {MIND} if n % 2 else {SHOULD}, f"c{n}") for n in range(80)]
    together = [
        guess({MIND}, {MIND} if n % 2 else {SHOULD}, f"c{n % 8}") for n in range(80)
    ]  # each cluster is wholly right or wholly wrong
    apart, close = (score_guesses(g).micro.figures["recall"] for g in (alone, together))
    assert close.high - close.low > 2 * (apart.high - apart.low)
