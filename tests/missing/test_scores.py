"""Scores, coverage and distortion, by hand and against pandas."""

import numpy as np
import pandas as pd
import pytest
from gappy_series import holes, walk

from rnn_course import missing
from rnn_course.missing import METHODS


def test_scores_count_removed_values_only():
    truth = walk()
    removed = missing.blocks(truth, 0.2, 5, seed=2)
    filled = truth + np.where(removed, np.array([1.0, -2.0, 3.0]), 99.0)
    channels = [removed & (np.arange(3) == k) for k in range(3)]
    assert [missing.score(truth, filled, here).mae for here in channels] == pytest.approx([1, 2, 3])
    by_gap = missing.score_by_gap(truth, filled, removed, removed)
    assert sum(s.count for s in by_gap.values()) == removed.sum() == missing.score(truth, filled, removed).count
    errors = (filled - truth)[removed]
    assert missing.score(truth, filled, removed).rmse == pytest.approx(np.sqrt((errors**2).mean()))
    with pytest.raises(ValueError, match="nothing to score"):
        missing.score(truth, filled, np.zeros_like(removed))
    scale = np.array([1.0, 4.0, 6.0])
    assert [missing.score(truth, filled, here, scale).mae for here in channels] == pytest.approx([1, 0.5, 0.5])
    for scale in (0.0, [1.0, 2.0], [1.0, -2.0, 3.0]):
        with pytest.raises(ValueError, match=r"scale is .* 3 channels"):
            missing.score(truth, filled, removed, scale)
    with pytest.raises(ValueError, match="missing is bool of shape"):
        missing.score_by_gap(truth, filled, removed, removed[:-1])
    unknown = np.where(removed, np.nan, truth)
    with pytest.raises(ValueError, match="truth or filled is NaN where removed is True"):
        missing.score(unknown, filled, removed)


def test_score_by_gap_sorts_by_the_gap_a_value_lies_in():
    truth, missed = np.zeros((40, 1)), np.zeros((40, 1), bool)
    for start, length in ((2, 1), (5, 3), (12, 6), (20, 14)):
        missed[start : start + length] = True
    removed = missed.copy()
    removed[5] = False  # a hole from the start: it lengthens the gap, and is not scored
    told = missing.score_by_gap(truth, truth + missing.gap_lengths(missed), removed, missed)
    assert {edges: (s.count, s.mae) for edges, s in told.items()} == {
        (1, 1): (1, 1),
        (2, 3): (2, 3),
        (4, 6): (6, 6),
        (13, 24): (14, 14),
    }


def test_coverage_counts_what_lies_between_the_quantiles():
    truth = np.zeros((50, 2))
    removed = missing.mcar(truth, 0.4, 3)
    draws = np.linspace(-1, 1, 21)[:, None, None] + np.where(np.arange(50) < 10, 0.995, 0.0)[:, None]
    draws = np.broadcast_to(draws, (21, 50, 2))
    assert missing.coverage(truth, draws, removed, 0.9) == pytest.approx(removed[10:].sum() / removed.sum())
    with pytest.raises(ValueError, match=r"draws has shape \(21, 50, 1\), wanted \(number, 50, 2\)"):
        missing.coverage(truth, draws[..., :1], removed)
    with pytest.raises(ValueError, match="nothing to score"):
        missing.coverage(truth, draws, np.zeros_like(removed))


@pytest.mark.parametrize("number", [19, 40])
def test_coverage_of_a_fair_method_is_the_level_with_few_draws_too(number):
    rng = np.random.default_rng(4)
    truth, draws = rng.normal(size=(20_000, 1)), rng.normal(size=(number, 20_000, 1))
    assert abs(missing.coverage(truth, draws, np.ones((20_000, 1), bool), 0.9) - 0.9) < 0.01


def test_gap_lengths_by_hand():
    gaps = np.array([[1, 1, 0, 1, 0, 1, 1, 1]], bool).T
    np.testing.assert_array_equal(missing.gap_lengths(gaps)[:, 0], [2, 2, 0, 1, 0, 3, 3, 3])


def test_distortion_shows_that_the_mean_shrinks_variance():
    truth = walk(500)
    x = holes(truth, 0.5)
    told = missing.distortion(truth, METHODS["mean"]().fit(x).fill(x))
    frame = pd.DataFrame(truth)
    np.testing.assert_allclose(told["variance"][0], frame.var(ddof=0))
    np.testing.assert_allclose(told["correlation"][0], frame.corr())
    np.testing.assert_allclose(told["quantiles"][0], frame.quantile([0.05, 0.5, 0.95]))
    assert (told["variance"][1] < 0.7 * told["variance"][0]).all()
    assert (told["autocorrelation"][1][0] < told["autocorrelation"][0][0]).all()


def test_distortion_of_a_series_with_holes_is_pandas():
    truth = walk(500, 2)
    x = holes(truth, 0.3)
    told = missing.distortion(x, METHODS["linear"]().fit(x).fill(x), lags=(0, 1, 24))
    frame = pd.DataFrame(x)
    z = (frame - frame.mean()) / frame.std(ddof=0)
    for k, lag in enumerate((0, 1, 24)):
        wanted = [[(z[i] * z[j].shift(-lag)).mean() for j in range(2)] for i in range(2)]
        np.testing.assert_allclose(told["cross_correlation"][0][k], wanted)
        np.testing.assert_allclose(told["autocorrelation"][0][k], np.diag(wanted))
    np.testing.assert_allclose(told["mean"][0], frame.mean())
    assert all(np.isfinite(pair[1]).all() for pair in told.values())
    with pytest.raises(
        ValueError,
        match=r"an entry of lags is 500, it must be below .*: truth has 500 steps",
    ):
        missing.distortion(truth, truth, lags=(1, 500))


def test_distortion_of_what_never_changes_or_was_dropped():
    truth = walk(300, 2)
    kept, steps = missing.drop(holes(truth, 0.2))
    told = missing.distortion(truth, kept)
    assert len(steps) < 250 and told["mean"][1].shape == (2,)
    constant = truth * [1, 0]
    pair = missing.distortion(truth, constant)["cross_correlation"]
    assert np.isfinite(pair[0]).all() and np.array_equal(np.isnan(pair[1][0]), [[False, True], [True, True]])


@pytest.mark.parametrize("value", [14.62, 100.0, -0.1])
def test_distortion_of_a_constant_has_no_correlation_whatever_its_value(value):
    truth = walk(300, 2)
    constant = np.where([True, False], truth, value)
    told = {name: filled for name, (_, filled) in missing.distortion(truth, constant).items()}
    assert np.isnan(told["autocorrelation"][:, 1]).all() and np.isfinite(told["autocorrelation"][:, 0]).all()
    assert np.isnan(told["correlation"]).tolist() == [[False, True], [True, True]]
    assert (told["mean"][1], told["variance"][1]) == (value, 0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_distortion_sums_in_float64(dtype):
    noise = np.random.default_rng(0).normal(1013, 8, (200_000, 1)).astype(dtype)
    told = missing.distortion(noise, noise, lags=(1,))
    exact = pd.Series(noise[:, 0].astype(np.float64))
    assert told["mean"][0][0] == pytest.approx(exact.mean(), rel=1e-13)
    assert told["variance"][0][0] == pytest.approx(exact.var(ddof=0), rel=1e-12)
    assert told["autocorrelation"][0][0, 0] == pytest.approx(exact.autocorr(1), abs=1e-5)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_scores_and_correlations_hold_at_every_size_of_number(size):
    truth, removed = size * walk(), np.ones((96, 3), bool)
    assert missing.score(truth, truth + 3 * size, removed).rmse == pytest.approx(3 * size, rel=1e-13, abs=0)
    told, usual = missing.distortion(truth, truth), missing.distortion(truth / size, truth / size)
    for name in ("autocorrelation", "correlation", "cross_correlation"):
        np.testing.assert_allclose(told[name][0], usual[name][0], rtol=1e-12)


def test_scores_of_half_precision_are_those_of_the_same_numbers_in_double():
    truth = np.random.default_rng(2).uniform(20_000, 40_000, (500, 3)).astype(np.float16)
    filled, removed = (truth * np.float16(-0.9)).astype(np.float16), np.ones((500, 3), bool)
    wanted = missing.score(truth.astype(float), filled.astype(float), removed)
    assert missing.score(truth, filled, removed) == wanted and np.isfinite(wanted.rmse)


@pytest.mark.parametrize("place", ["truth", "draws"])
def test_coverage_refuses_what_was_never_known(place):
    truth, draws = np.zeros((5, 2)), np.zeros((19, 5, 2))
    {"truth": truth, "draws": draws[3]}[place][2, 1] = np.nan
    with pytest.raises(ValueError, match="truth or draws is NaN where removed is True"):
        missing.coverage(truth, draws, np.ones((5, 2), bool))
    assert missing.coverage(truth, draws, np.arange(5)[:, None] < [2, 2]) == 1
