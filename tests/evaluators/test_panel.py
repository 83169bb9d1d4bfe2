"""Panels: several judges on one session, with weights, and nothing that turns into 0."""

from __future__ import annotations

import pytest

from evaluators.panel import merge_verdicts, pool_item, pool_verdicts, weighted_median
from evaluators.verdict import ItemRating, Severity, Verdict


def verdict(judge: str, *scores: float | None, weight: float = 1.0) -> Verdict:
    ratings = (ItemRating(f"item{n}", s, weight=weight) for n, s in enumerate(scores))
    return Verdict(judge, "ctrs6", tuple(ratings))


def flow(judge: str, score: float | None, severity: Severity = "") -> Verdict:
    return Verdict(judge, "safety", (ItemRating("harm", score, severity=severity),), "flow")


def test_judges_are_pooled_item_by_item() -> None:
    panel = pool_verdicts([verdict("a", 2, 4), verdict("b", 3, 4), verdict("c", 7, 4)])
    first, second = panel.items
    assert (first.mean, first.median, first.n, first.missing) == (4.0, 3, 3, 0)
    assert first.spread == pytest.approx(2.6458, abs=1e-4)  # statistics.stdev([2, 3, 7])
    assert second.spread == 0
    assert (panel.judges, panel.mean) == (("a", "b", "c"), 4.0)


def test_what_is_missing_is_left_out_and_counted_and_never_zero() -> None:
    panel = pool_verdicts([verdict("a", None, 4), verdict("b", None, 2)])
    assert [(item.mean, item.median, item.n, item.missing) for item in panel.items] == [
        (None, None, 0, 2),
        (3.0, 3.0, 2, 0),
    ]
    assert panel.mean == 3.0
    assert pool_verdicts([verdict("a", None)]).mean is None


def test_invented_quotes_cost_a_rating_its_weight() -> None:
    panel = pool_verdicts([verdict("a", 2), verdict("b", 6, weight=0.5)])
    assert panel.items[0].mean == pytest.approx((2 + 3) / 1.5)
    assert panel.items[0].median == 2
    nothing = pool_verdicts([verdict("a", 2), verdict("b", 6, weight=0.0)]).items[0]
    assert (nothing.mean, nothing.n, nothing.weightless, nothing.missing) == (2.0, 1, 1, 0)
    assert pool_verdicts([verdict("b", 6, weight=0.0)]).mean is None


def test_a_judge_alone_spreads_as_its_samples_do() -> None:
    sampled = ItemRating("item", 4.0, samples=(3.0, None, 5.0))
    pooled = pool_item("item", [sampled])
    assert pooled.spread == pytest.approx(2**0.5)
    assert pooled.samples == 3
    weighed = ItemRating("item", 4.5, distribution=((4.0, 0.5), (5.0, 0.5)))
    assert pool_item("item", [weighed]).spread == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("values", "median"),
    [
        ([(1.0, 1.0), (2.0, 1.0), (9.0, 1.0)], 2.0),
        ([(1.0, 1.0), (2.0, 1.0)], 1.5),
        ([(1.0, 3.0), (2.0, 1.0), (9.0, 1.0)], 1.0),
        ([(1.0, 0.4), (5.0, 1.0)], 5.0),
    ],
)
def test_the_weighted_median_halves_the_weight(
    values: list[tuple[float, float]], median: float
) -> None:
    assert weighted_median(values) == median


def test_one_veto_is_the_panels_and_who_cannot_tell_settles_nothing() -> None:
    fine, bad, unclear = flow("a", 0.0), flow("b", 1.0, "veto"), flow("c", None)
    assert pool_verdicts([fine, bad]).vetoed is True
    assert pool_verdicts([fine, unclear]).vetoed is False
    assert pool_verdicts([unclear]).vetoed is None
    assert pool_verdicts([verdict("a", 3)]).vetoed is None


def test_of_two_verdicts_of_one_judge_on_one_scale_the_later_counts() -> None:
    merged = merge_verdicts([verdict("a", 1), flow("a", 0.0)], [verdict("a", 5), verdict("b", 2)])
    assert [(v.judge, v.scale, v.mean) for v in merged] == [
        ("a", "ctrs6", 5),
        ("a", "safety", None),
        ("b", "ctrs6", 2),
    ]


def test_a_panel_is_of_one_scale() -> None:
    with pytest.raises(ValueError, match="all on one scale"):
        pool_verdicts([verdict("a", 1), flow("a", 0.0)])
