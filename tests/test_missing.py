"""Mechanisms by counts, fills against pandas, scikit-learn and statsmodels, and what every method promises."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.impute import KNNImputer
from statsmodels.tsa.statespace.structural import UnobservedComponents

from rnn_course import missing
from rnn_course.missing import METHODS

FILLS = [name for name in METHODS if name != "drop"]
SIMPLE = ["mean", "median", "mode", "last", "next", "linear", "seasonal"]
NETWORKS = ["gru_d", "brits", "course"]


def made(name, **options):
    return METHODS[name](**(({"epochs": 2, "window": 12} if name in NETWORKS else {}) | options))


def walk(steps=96, features=3, seed=0):
    rng = np.random.default_rng(seed)
    day = np.sin(2 * np.pi * np.arange(steps) / 24)[:, None]
    common = rng.normal(0, 0.3, (steps, 1)).cumsum(0)
    return 5 + 2 * day + common + rng.normal(0, 0.1, (steps, features)) * np.arange(1, features + 1)


def holes(x, rate=0.2, seed=1):
    return missing.take(x, missing.mcar(x, rate, seed))


def test_package_imports_without_torch():
    code = "import sys, rnn_course.missing; sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("name", FILLS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_observed_bit_for_bit_and_nothing_left(name, dtype):
    x = holes(walk()).astype(dtype)
    before = x.tobytes()
    method = made(name)
    assert method.fit(x) is method
    filled = method.fill(x)
    seen = ~np.isnan(x)
    assert filled.dtype == dtype and filled.shape == x.shape
    assert filled[seen].tobytes() == x[seen].tobytes()
    assert np.isfinite(filled).all() and x.tobytes() == before


@pytest.mark.parametrize("name", FILLS)
def test_a_channel_never_seen_in_a_window_falls_back_and_is_counted(name):
    x = np.stack([holes(walk(seed=k), seed=k) for k in range(3)])
    method = made(name).fit(x)
    gone = x.copy()
    gone[1, :, 2] = np.nan
    filled = method.fill(gone)
    assert np.isfinite(filled).all()
    assert method.fallbacks >= 96


@pytest.mark.parametrize("name", FILLS)
def test_bad_input_gets_a_sentence(name):
    x = walk()
    with pytest.raises(ValueError, match="call fit"):
        made(name).fill(x)
    empty = x.copy()
    empty[:, 1] = np.nan
    with pytest.raises(ValueError, match="no value at all in column 1"):
        made(name).fit(empty)
    infinite = x.copy()
    infinite[7, 2] = np.inf
    with pytest.raises(ValueError, match="infinite at row 7, column 2"):
        made(name).fit(infinite)
    with pytest.raises(ValueError, match="2 channels, this fill was fitted to 3"):
        made(name).fit(x).fill(x[:, :2])
    with pytest.raises(TypeError, match="dtype"):
        made(name).fit(x.astype(str))


AWKWARD = {
    "one value in a column": np.where(np.eye(30, 3, -4) > 0, 2.0, np.array([np.nan, 1.0, 3.0])),
    "a constant channel": np.where(np.eye(30, 3, -4) > 0, np.nan, np.array([1.0, 4.0, -2.0])),
    "one channel": np.where(np.eye(30, 1, -4) > 0, np.nan, np.arange(30.0)[:, None]),
    "nothing missing": np.arange(60.0).reshape(30, 2),
    "whole numbers": np.arange(60).reshape(30, 2),
    "large": 1e12 * np.where(np.eye(30, 2, -4) > 0, np.nan, np.arange(60.0).reshape(30, 2)),
}


@pytest.mark.parametrize("name", FILLS)
@pytest.mark.parametrize("case", AWKWARD)
def test_awkward_series_are_filled(name, case):
    x = AWKWARD[case]
    filled = made(name).fit(x).fill(x)
    assert np.isfinite(filled).all()
    assert np.array_equal(filled[~np.isnan(x)], x[~np.isnan(x)])


def test_the_courses_network_beats_the_line_where_a_neighbour_tells():
    rng = np.random.default_rng(0)
    common = rng.normal(0, 1, (600, 1)).cumsum(0)
    truth = common + rng.normal(0, 0.2, (600, 3))
    removed = missing.blocks(truth, 0.15, 8, seed=1)
    x = missing.take(truth, removed)
    course, line = (m.fit(x).fill(x) for m in (METHODS["course"](epochs=25, seed=0), METHODS["linear"]()))
    assert missing.score(truth, course, removed).mae < 0.6 * missing.score(truth, line, removed).mae


def test_the_courses_network_answers_in_the_instruments_steps():
    x = np.round(walk(), 0)
    x[:, 2] = walk(seed=5)[:, 2]
    filled = made("course").fit(holes(x)).fill(holes(x))
    assert set(np.unique(filled[:, :2])) <= set(np.unique(holes(x)[:, :2]))
    new = filled[np.isnan(holes(x))[:, 2], 2]
    assert not np.isin(new, x[:, 2]).any()


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_ask_for_one_budget_and_a_long_enough_series(name):
    for options in ({"epochs": None}, {"seconds": 1.0}):
        with pytest.raises(ValueError, match="exactly one"):
            made(name, **options)
    with pytest.raises(ValueError, match="shorter than the window of 12"):
        made(name).fit(walk(11))
    assert made(name, epochs=None, seconds=0.01).fit(walk()).passed >= 1


@pytest.mark.parametrize("name", NETWORKS)
def test_a_seed_repeats_and_another_differs(name):
    x = holes(walk())
    one, same, other = (made(name, seed=s).fit(x).fill(x) for s in (3, 3, 4))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-6


@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(1, 4), st.floats(0, 0.9), st.sampled_from(SIMPLE))
@settings(max_examples=60, deadline=None)
def test_any_pattern_of_holes(seed, steps, features, rate, name):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, steps, features))
    x[rng.random(x.shape) < rate] = np.nan
    x[0, 0] = rng.normal(size=features)
    filled = METHODS[name]().fit(x).fill(x)
    seen = ~np.isnan(x)
    assert np.isfinite(filled).all() and np.array_equal(filled[seen], x[seen])


@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("last", lambda f: f.ffill().fillna(f.mean())),
        ("next", lambda f: f.bfill().fillna(f.mean())),
        ("linear", lambda f: f.interpolate(limit_direction="both")),
        ("mean", lambda f: f.fillna(f.mean())),
        ("median", lambda f: f.fillna(f.median())),
        ("mode", lambda f: f.fillna(f.mode().iloc[0])),
    ],
)
def test_simple_fills_agree_with_pandas(name, oracle):
    x = np.round(holes(walk(), 0.5), 1)
    np.testing.assert_allclose(METHODS[name]().fit(x).fill(x), oracle(pd.DataFrame(x)), rtol=1e-12)


def test_seasonal_mends_a_pure_season_that_a_line_cannot():
    truth = 3 + np.sin(2 * np.pi * np.arange(240) / 24)[:, None]
    removed = missing.blocks(truth, 0.2, 10, seed=0)
    x = missing.take(truth, removed)
    seasonal, linear = (missing.score(truth, METHODS[n]().fit(x).fill(x), removed).mae for n in ("seasonal", "linear"))
    assert seasonal < 0.4 * linear


def test_knn_is_scikit_learns_on_scaled_values():
    x = holes(walk())
    z = (x - np.nanmean(x, 0)) / np.nanstd(x, 0)
    wanted = KNNImputer(n_neighbors=5).fit_transform(z) * np.nanstd(x, 0) + np.nanmean(x, 0)
    np.testing.assert_allclose(METHODS["knn"]().fit(x).fill(x), wanted, rtol=1e-10)


def test_kalman_is_statsmodels_smoother_and_its_draws_cover():
    rng = np.random.default_rng(0)
    truth = rng.normal(0, 1, (400, 1)).cumsum(0) + rng.normal(0, 0.7, (400, 1))
    removed = missing.mcar(truth, 0.3, 1)
    x = missing.take(truth, removed)
    method = METHODS["kalman"]().fit(x)
    z = (x[:, 0] - np.nanmean(x)) / np.nanstd(x)
    level = UnobservedComponents(z, "llevel").fit(disp=0).smoothed_state[0] * np.nanstd(x) + np.nanmean(x)
    np.testing.assert_allclose(method.fill(x)[removed], level[removed[:, 0]], rtol=1e-8)
    draws = method.draws(x, 200, seed=0)
    assert abs(missing.coverage(truth, draws, removed, 0.9) - 0.9) < 0.06


def test_course_draws_keep_what_was_seen():
    x = holes(walk())
    draws = made("course").fit(x).draws(x, 5, seed=1)
    seen = ~np.isnan(x)
    assert draws.shape == (5, *x.shape) and (draws[:, seen] == x[seen]).all()
    assert (draws.std(0)[~seen] > 0).all()


def test_drop_says_what_it_kept():
    x = walk(10)
    x[[2, 7], [0, 1]] = np.nan
    kept, steps = METHODS["drop"]().fit(x).fill(x)
    np.testing.assert_array_equal(steps, [0, 1, 3, 4, 5, 6, 8, 9])
    np.testing.assert_array_equal(kept, pd.DataFrame(x).dropna().to_numpy())


def test_random_mechanisms_take_exactly_their_rate_and_depend_on_what_they_say():
    x = np.random.default_rng(0).normal(size=(4000, 3))
    x[:500, 0] = np.nan
    taken = {
        "mcar": missing.mcar(x, 0.3, 1),
        "mnar": missing.mnar(x, 0.3, seed=1),
        "mar": missing.mar(x, 0.3, 2, seed=1),
    }
    assert taken["mcar"].sum() == taken["mnar"].sum() == round(0.3 * 11500)
    assert taken["mar"].sum() == round(0.3 * 7500) and not taken["mar"][:, 2].any()
    assert not any(t[:500, 0].any() for t in taken.values())
    y, high = x[:, 1], x[:, 2] > 0
    assert abs(y[taken["mcar"][:, 1]].mean()) < 0.1 < 0.8 < y[taken["mnar"][:, 1]].mean()
    assert taken["mar"][high, 1].mean() > 5 * taken["mar"][~high, 1].mean()
    assert abs(y[taken["mar"][:, 1]].mean()) < 0.1


def test_outages_take_whole_stations_for_their_length():
    x = np.zeros((20000, 4))
    taken = missing.outages(x, 0.2, 12, [[0, 1], [2, 3]], seed=0)
    assert abs(taken.mean() - 0.2) < 0.02
    assert (taken[:, 0] == taken[:, 1]).all() and (taken[:, 2] == taken[:, 3]).all()
    lengths = missing.gap_lengths(taken[:-12])
    assert lengths[lengths > 0].min() == 12 and (lengths % 12 == 0)[200:-200].all()
    end = missing.channel_end(x, 1, 7)
    assert end.sum() == 7 and end[-7:, 1].all()


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_a_rate_outside_is_refused(rate):
    for take in (missing.mcar, missing.mnar, lambda x, r: missing.blocks(x, r, 3)):
        with pytest.raises(ValueError, match="rate is"):
            take(walk(), rate)


def test_scores_count_removed_values_only():
    truth = walk()
    removed = missing.blocks(truth, 0.2, 5, seed=2)
    filled = truth + np.where(removed, np.array([1.0, -2.0, 3.0]), 99.0)
    by_channel = missing.score_by_channel(truth, filled, removed)
    assert [round(by_channel[k].mae, 9) for k in range(3)] == [1, 2, 3]
    by_gap = missing.score_by_gap(truth, filled, removed, removed)
    assert sum(s.count for s in by_gap.values()) == removed.sum() == missing.score(truth, filled, removed).count
    errors = (filled - truth)[removed]
    assert missing.score(truth, filled, removed).rmse == pytest.approx(np.sqrt((errors**2).mean()))
    with pytest.raises(ValueError, match="nothing to score"):
        missing.score(truth, filled, np.zeros_like(removed))


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
