"""Every coefficient against the published examples and the libraries that have it."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy", reason="the extra stats is not installed")

from evaluators.agreement.bootstrap import estimate, measure
from evaluators.agreement.coefficients import (
    alpha_interval,
    alpha_ordinal,
    icc_2_1,
    icc_3_k,
    noise_ceiling,
    rank,
    spearman,
    weighted_kappa,
)

X = float("nan")
# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", the example with missing values.
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, X, X, X],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, X, 3],
        [X, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, X],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, X],
    ]
).T
# Shrout & Fleiss 1979, table 2: six targets, four judges.
SHROUT = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    dtype=float,
)
# Halves and a severe judge; the expected values below are pingouin 0.7.0's.
HALVES = np.array(
    [
        [4, 5, 3.5],
        [2, 2, 1],
        [5, 6, 4],
        [3, 3.5, 3],
        [1, 2, 0],
        [4, 4, 4],
        [2.5, 4, 2],
        [0, 1, 1],
        [6, 5, 5],
        [3, 2, 2],
    ]
)


def near(value: float) -> object:
    return pytest.approx(value, abs=1e-6)


def make_ratings(seed: int, raters: int = 3, missing: float = 0.0) -> object:
    rng = np.random.default_rng(seed)
    true = rng.normal(3, 1.5, (60, 1))
    ratings = np.clip(np.round(true + rng.normal(0, 1, (60, raters))), 0, 6)
    ratings[rng.random(ratings.shape) < missing] = X
    return ratings


def test_alpha_is_krippendorffs_own_with_missing_ratings() -> None:
    assert round(measure(alpha_ordinal, KRIPPENDORFF), 3) == 0.815
    assert round(measure(alpha_interval, KRIPPENDORFF), 3) == 0.849


def test_icc_is_shrout_and_fleiss_table() -> None:
    assert round(measure(icc_2_1, SHROUT), 2) == 0.29
    assert round(measure(icc_3_k, SHROUT), 2) == 0.91


def test_icc_is_pingouins_to_a_millionth() -> None:
    assert measure(icc_2_1, SHROUT) == near(0.28976377952755916)
    assert measure(icc_3_k, SHROUT) == near(0.9093155423770697)
    assert measure(icc_2_1, HALVES) == near(0.831076923076923)
    assert measure(icc_3_k, HALVES) == near(0.9567835635848388)
    assert measure(noise_ceiling, HALVES) == near(0.9567835635848388**0.5)


def test_icc_leaves_out_the_incomplete_rows_and_only_those() -> None:
    with_gaps = np.vstack([SHROUT, [X, 1, 1, 1], [10, X, X, X]])
    assert measure(icc_2_1, with_gaps) == near(measure(icc_2_1, SHROUT))
    assert measure(icc_3_k, with_gaps) == near(measure(icc_3_k, SHROUT))


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_alpha_is_the_librarys_to_a_millionth(missing: float) -> None:
    krippendorff = pytest.importorskip("krippendorff", reason="the reference library is missing")
    for seed, raters in ((1, 2), (2, 3), (3, 5)):
        ratings = make_ratings(seed, raters, missing)
        for level, ours in (("ordinal", alpha_ordinal), ("interval", alpha_interval)):
            theirs = krippendorff.alpha(reliability_data=ratings.T, level_of_measurement=level)
            assert measure(ours, ratings) == near(theirs)


def test_kappa_is_scikit_learns_to_a_millionth() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="the reference library is missing")
    for seed in range(5):
        ratings = make_ratings(seed, raters=2)
        first, second = ratings.astype(int).T
        theirs = metrics.cohen_kappa_score(first, second, weights="quadratic")
        assert measure(weighted_kappa, ratings) == near(theirs)


def test_kappa_of_a_table_worked_out_by_hand() -> None:
    # 2 × 2 with 20 + 15 agreements of 50: observed .7, expected .5, kappa .4 (weights do not matter)
    table = [[1, 1]] * 20 + [[1, 0]] * 5 + [[0, 1]] * 10 + [[0, 0]] * 15
    assert measure(weighted_kappa, np.array(table, dtype=float)) == near(0.4)


def test_spearman_is_scipys_to_a_millionth() -> None:
    stats = pytest.importorskip("scipy.stats", reason="the reference library is missing")
    ratings = make_ratings(4, raters=2)
    assert measure(spearman, ratings) == near(stats.spearmanr(*ratings.T).statistic)
    assert list(rank(ratings[:, 0], np.ones((1, 60)))[0]) == list(stats.rankdata(ratings[:, 0]))


def test_pairwise_coefficients_take_the_rows_that_both_rated_and_the_mean_over_pairs() -> None:
    ratings = make_ratings(5, raters=3, missing=0.2)
    pairs = [ratings[:, pair] for pair in ([0, 1], [0, 2], [1, 2])]
    for coefficient in (weighted_kappa, spearman):
        complete = [measure(coefficient, p[~np.isnan(p).any(axis=1)]) for p in pairs]
        assert measure(coefficient, ratings) == near(sum(complete) / 3)


def test_any_numbers_can_be_ratings() -> None:
    # expectations over score tokens: thousands of distinct values
    rng = np.random.default_rng(7)
    ratings = rng.normal(3, 1, (2000, 1)) + rng.normal(0, 0.5, (2000, 3))
    assert measure(alpha_interval, ratings) == pytest.approx(
        0.8, abs=0.02
    )  # variance 1 of 1.25 is shared
    assert measure(icc_2_1, ratings) == pytest.approx(0.8, abs=0.02)
    assert measure(weighted_kappa, ratings) == pytest.approx(0.8, abs=0.02)


def test_what_is_undefined_is_none_never_a_number() -> None:
    same = np.full((5, 2), 4.0)
    empty = np.full((4, 3), X)
    alone = np.array([[1.0, X], [2.0, X], [X, 3.0]])
    for ratings in (same, empty, alone):
        for coefficient in (alpha_ordinal, alpha_interval, icc_2_1, icc_3_k, weighted_kappa):
            assert measure(coefficient, ratings) is None
        assert measure(spearman, ratings) is None
    assert measure(noise_ceiling, empty) is None


def test_a_ceiling_below_chance_is_zero() -> None:
    opposed = np.array([[1.0, 6.0], [2.0, 5.0], [5.0, 2.0], [6.0, 1.5]])
    assert measure(icc_3_k, opposed) < 0
    assert measure(noise_ceiling, opposed) == 0.0


def test_the_interval_holds_the_value_narrows_with_episodes_and_is_the_same_every_time() -> None:
    wide = estimate(make_ratings(1)[:15], {"icc": icc_2_1})["icc"]
    narrow = estimate(make_ratings(1), {"icc": icc_2_1})["icc"]
    assert wide.low < wide.value < wide.high
    assert narrow.low < narrow.value < narrow.high
    assert narrow.high - narrow.low < wide.high - wide.low
    assert narrow == estimate(make_ratings(1), {"icc": icc_2_1})["icc"]


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        ratings = rng.normal(0, 1, (80, 1)) + rng.normal(0, 1, (80, 3))  # ICC(2,1) is .5
        found = estimate(ratings, {"icc": icc_2_1})["icc"]
        covered += found.low <= 0.5 <= found.high
    assert covered >= 51  # 85 % of 60: percentile intervals are a little narrow


def test_too_little_has_a_value_but_no_interval() -> None:
    found = estimate(np.array([[1.0, 1.0], [3.0, 3.5]]), {"icc": icc_2_1})["icc"]
    assert found.value is not None
    assert (found.low, found.high) == (None, None)  # half of the resamples draw one episode twice


@pytest.mark.parametrize("seed", range(4))
def test_what_must_not_matter_does_not_and_what_must_does(seed: int) -> None:
    ratings = make_ratings(seed, raters=4, missing=0.1)
    shuffled = np.random.default_rng(seed).permutation(ratings)[:, [2, 0, 3, 1]]
    for find in (alpha_ordinal, alpha_interval, icc_2_1, icc_3_k, weighted_kappa, spearman):
        assert measure(find, shuffled) == near(measure(find, ratings))
        assert measure(find, 3 * ratings + 7) == near(measure(find, ratings))
    for find in (alpha_ordinal, spearman):  # only the order counts
        assert measure(find, np.exp(ratings)) == near(measure(find, ratings))
    severe = ratings - [2, 0, 0, 0]
    assert measure(icc_3_k, severe) == near(measure(icc_3_k, ratings))  # consistency
    for find in (icc_2_1, alpha_interval, weighted_kappa):  # agreement
        assert measure(find, severe) < measure(find, ratings) - 0.05
