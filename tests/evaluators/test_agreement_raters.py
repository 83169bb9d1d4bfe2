"""A severe rater, a noisy one and a constant one are found; good ones are left in peace."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

np = pytest.importorskip("numpy", reason="the extra stats is not installed")

from evaluators.agreement.raters import report_raters
from evaluators.agreement.report import measure_agreement
from evaluators.agreement.table import FORM, Rating, RatingTable

ITEMS = ("understanding", "focus", "strategy")


def make_panel(seed: int = 0, episodes: int = 60, **spoil: object) -> RatingTable:
    """Return four raters `a` to `d` with errors of half a point; `spoil` turns one's scores bad."""
    rng = np.random.default_rng(seed)
    panel = RatingTable(tuple("abcd"), ITEMS)
    for episode in range(episodes):
        for item in ITEMS:
            true = rng.uniform(0.5, 5.5)
            for rater in panel.raters:
                score = spoil.get(rater, lambda t, r: t + r.normal(0, 0.5))(true, rng)
                whole = float(np.clip(round(score), 0, 6))
                panel.add([Rating(f"e{episode:03}", rater, item, whole)])
    return panel


def findings(panel: RatingTable) -> dict[str, tuple[str, ...]]:
    return {report.rater: report.findings for report in report_raters(panel, 6)}


@pytest.mark.parametrize("seed", range(5))
def test_nobody_stands_out_among_good_raters(seed: int) -> None:
    assert findings(make_panel(seed)) == {"a": (), "b": (), "c": (), "d": ()}


def test_a_planted_severe_rater_is_found_and_does_not_make_the_others_lenient() -> None:
    panel = make_panel(b=lambda true, rng: true - 1.2 + rng.normal(0, 0.5))
    assert findings(panel) == {"a": (), "b": ("severe",), "c": (), "d": ()}
    severe = report_raters(panel, 6)[1]
    assert severe.deviation.value == pytest.approx(
        -1.1 * 3 / 4, abs=0.15
    )  # of a mean it is part of
    assert severe.deviation.low < severe.deviation.value < severe.deviation.high < 0


def test_a_lenient_rater_among_three_is_found() -> None:
    panel = make_panel(c=lambda true, rng: true + 1 + rng.normal(0, 0.5)).narrow(("a", "b", "c"))
    assert findings(panel) == {"a": (), "b": (), "c": ("lenient",)}


@pytest.mark.parametrize("raters", [("a", "b", "c", "d"), ("a", "b", "d")])
def test_a_planted_noisy_rater_is_found_and_nobody_else(raters: tuple[str, ...]) -> None:
    panel = make_panel(d=lambda true, rng: rng.uniform(0, 6)).narrow(raters)
    assert findings(panel) == {rater: ("noisy",) if rater == "d" else () for rater in raters}
    reports = {report.rater: report for report in report_raters(panel, 6)}
    assert reports["d"].rest.low < 0 < reports["d"].rest.high < reports["a"].rest.value


def test_a_noisy_and_a_severe_rater_are_told_apart() -> None:
    panel = make_panel(
        a=lambda true, rng: true - 1.2 + rng.normal(0, 0.5), d=lambda true, rng: rng.uniform(0, 6)
    )
    assert findings(panel) == {"a": ("severe",), "b": (), "c": (), "d": ("noisy",)}


def test_a_rater_that_always_says_the_same_is_called_constant() -> None:
    panel = make_panel(b=lambda true, rng: 3)
    assert findings(panel)["b"] == ("constant",)


def test_with_two_raters_nobody_is_accused() -> None:
    panel = make_panel(b=lambda true, rng: true - 2).narrow(("a", "b"))
    assert findings(panel) == {"a": (), "b": ()}


def test_a_missing_item_takes_the_form_out_of_the_mean_and_is_counted() -> None:
    panel = RatingTable(("a", "b"), ITEMS)
    for item in ITEMS:
        panel.add([Rating("e1", "a", item, 4.0), Rating("e1", "b", item, 2.0)])
        panel.add([Rating("e2", "a", item, 3.0)])
        panel.add([Rating("e2", "b", item, None if item == "focus" else 3.0)])
    assert np.isnan(panel.matrix(FORM)[1, 1])
    assert panel.matrix(FORM)[0].tolist() == [4.0, 2.0]
    assert panel.count_missing() == {"a": 0, "b": 1}
    focus, mean = (measure_agreement(panel, (), "ctrs6", 6).groups["all"].items[i] for i in (1, 3))
    assert (focus.episodes, focus.complete) == (1, 1)
    assert (mean.item, mean.episodes) == (FORM, 1)


def test_judges_are_held_against_the_mean_of_the_people() -> None:
    panel = make_panel(a=lambda true, rng: true - 1 + rng.normal(0, 0.5))
    found = measure_agreement(panel, ("c", "d"), "ctrs6", 6)
    assert set(found.groups) == {"all", "judges", "people"}
    assert found.groups["people"].raters == ("c", "d")
    gaps = {(p.second, p.item): p.figures["gap"] for p in found.against}
    assert len(gaps) == 2 * (len(ITEMS) + 1)
    assert gaps["a", FORM].value == pytest.approx(-1, abs=0.2)
    assert gaps["b", FORM].low < 0 < gaps["b", FORM].high
    ceiling = found.groups["people"].items[-1].figures["noise_ceiling"]
    judge = next(p for p in found.against if (p.second, p.item) == ("b", FORM))
    assert judge.figures["spearman"].value <= ceiling.value + 0.05


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(25))
def test_any_ratings_however_few_give_numbers_or_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    raters = tuple("abcde"[: rng.integers(2, 6)])
    panel = RatingTable(raters, ITEMS[: rng.integers(1, 3)])
    share, points = rng.choice([0, 0.3, 0.9, 1]), rng.choice([1, 3])
    for episode in range(rng.integers(1, 12)):
        for rater in raters:
            for item in panel.items:
                score = None if rng.random() < share else float(rng.integers(0, points))
                panel.add([Rating(f"e{episode}", rater, item, score)])
    found = measure_agreement(panel, raters[: rng.integers(0, len(raters) + 1)], "ctrs6", 6)
    json.dumps(asdict(found), allow_nan=False)
    figures = [
        f for group in found.groups.values() for i in group.items for f in i.figures.values()
    ]
    known = [figure for figure in figures if figure.value is not None]
    assert all(figure.value <= 1 + 1e-9 for figure in known)
    assert all(figure.low <= figure.high for figure in known if figure.low is not None)
