"""Mechanisms by counts, fills against pandas, scikit-learn and statsmodels, and what every method promises."""

import subprocess
import sys
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer
from statsmodels.tsa.statespace.structural import UnobservedComponents

from rnn_course import missing
from rnn_course.data import load_record, load_weather
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


def test_dropping_refuses_what_filling_refuses():
    x = walk()
    x[:, 1] = np.nan
    with pytest.raises(ValueError, match="no value at all in column 1"):
        METHODS["drop"]().fit(x)
    x[7, 2] = -np.inf
    with pytest.raises(ValueError, match="infinite at row 7, column 2"):
        METHODS["drop"]().fit(x)
    with pytest.raises(ValueError, match="no complete time step among 96"):
        METHODS["drop"]().fit(walk()).fill(np.where(np.arange(3) == 1, np.nan, walk()))


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
    with pytest.raises(ValueError, match="infinite at window 1, row 7, column 2"):
        made(name).fit(x).fill(np.stack([x, infinite]))
    with pytest.raises(ValueError, match=r"shape \(96,\), wanted \(time, feature\)"):
        made(name).fit(x[:, 0])
    with pytest.raises(ValueError, match="2 channels, this fill was fitted to 3"):
        made(name).fit(x).fill(x[:, :2])
    with pytest.raises(TypeError, match=r"'.*' at row 0, column 0 .dtype <U"):
        made(name).fit(x.astype(str))
    mixed = x.tolist()
    mixed[4][1] = "5 mm"
    with pytest.raises(TypeError, match="'5 mm' at row 4, column 1"):
        made(name).fit(mixed)
    mixed[4][1] = None
    with pytest.raises(TypeError, match="None at row 4, column 1"):
        made(name).fit(x).fill(np.array([mixed, mixed], dtype=object)[0])


@pytest.mark.parametrize("name", [name for name in FILLS if name not in ("knn", "iterative")])
def test_windows_are_filled_each_by_itself(name):
    method = made(name).fit(holes(walk(200)))
    windows = np.stack([holes(walk(60, seed=k), seed=k) for k in range(3)])
    apart = np.stack([method.fill(window) for window in windows])
    np.testing.assert_allclose(method.fill(windows), apart, rtol=1e-5)


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


@pytest.fixture(scope="module")
def neighbours():
    """Three noisy copies of one walk, blocks taken from each, and the course's network after 200 updates."""
    rng = np.random.default_rng(0)
    common = rng.normal(0, 1, (600, 1)).cumsum(0)
    truth = common + rng.normal(0, 0.2, (600, 3))
    removed = missing.blocks(truth, 0.15, 8, seed=1)
    x = missing.take(truth, removed)
    return truth, removed, x, METHODS["course"](epochs=200, seed=0).fit(x)  # 13 windows: one update an epoch


def test_the_courses_network_beats_the_line_where_a_neighbour_tells(neighbours):
    truth, removed, x, course = neighbours
    line = METHODS["linear"]().fit(x)
    assert missing.score(truth, course.fill(x), removed).mae < 0.6 * missing.score(truth, line.fill(x), removed).mae


def test_the_courses_draws_cover(neighbours):
    truth, removed, x, course = neighbours
    draws = course.draws(x, 200, seed=0)
    assert abs(missing.coverage(truth, draws, removed, 0.5) - 0.5) < 0.15
    assert abs(missing.coverage(truth, draws, removed, 0.9) - 0.9) < 0.1


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


def test_iterative_is_scikit_learns_on_scaled_values():
    x = holes(walk())
    mean, spread = np.nanmean(x, 0), np.nanstd(x, 0)
    oracle = IterativeImputer(max_iter=10, random_state=0).fit_transform((x - mean) / spread)
    np.testing.assert_allclose(METHODS["iterative"]().fit(x).fill(x), oracle * spread + mean, rtol=1e-10)


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


MECHANISMS = {
    "mcar": missing.mcar,
    "mnar": missing.mnar,
    "mar": lambda x, rate, **seed: missing.mar(x, rate, 0, **seed),
    "blocks": lambda x, rate, **seed: missing.blocks(x, rate, 3, **seed),
    "outages": lambda x, rate, **seed: missing.outages(x, rate, 5, [[0, 2]], **seed),
}


@pytest.mark.parametrize("name", MECHANISMS)
def test_mechanisms_share_their_promises(name):
    x = np.stack([holes(walk(300, seed=k), seed=k) for k in range(2)])
    before = x.tobytes()
    taken, same, other = (MECHANISMS[name](x, 0.3, seed=s) for s in (1, 1, 2))
    assert taken.shape == x.shape and taken.dtype == bool and x.tobytes() == before
    assert np.array_equal(taken, same) and not np.array_equal(taken, other)
    assert taken.any() and not (taken & np.isnan(x)).any() and not MECHANISMS[name](x, 0.0, seed=1).any()
    with pytest.raises(ValueError, match="infinite at window 0, row 0, column 0"):
        MECHANISMS[name](np.full_like(x, np.inf), 0.3)
    for rate in (-0.1, 1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"rate is {rate}, it must be at least 0 and below 1"):
            MECHANISMS[name](x, rate)
    with pytest.raises(TypeError, match=r"rate is '0.3', it must be a number"):
        MECHANISMS[name](x, "0.3")


def test_mechanisms_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match=r"failures of 3 steps can take at most 0.75"):
        missing.blocks(walk(), 0.8, 3)
    assert missing.blocks(np.zeros((40000, 1)), 0.75, 3).mean() == pytest.approx(0.75, abs=0.001)
    with pytest.raises(ValueError, match="given is 3, x has 3 channels"):
        missing.mar(walk(), 0.3, 3)
    with pytest.raises(ValueError, match=r"x has one channel, mar needs another"):
        missing.mar(walk()[:, :1], 0.3, 0)
    with pytest.raises(TypeError, match=r"groups is .0, 1., it must be lists of channels"):
        missing.outages(walk(), 0.3, 3, [0, 1])
    with pytest.raises(ValueError, match="steps is 96, x has 96 time steps"):
        missing.channel_end(walk(), 0, 96)
    with pytest.raises(ValueError, match="removed is float64 of shape"):
        missing.take(walk(), np.zeros((96, 3)))


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
    scaled = missing.score_by_channel(truth, filled, removed, scale=np.array([1.0, 4.0, 6.0]))
    assert [round(scaled[k].mae, 9) for k in range(3)] == [1, 0.5, 0.5]
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
    with pytest.raises(ValueError, match="a lag is 500, the series have 500 and 500 steps"):
        missing.distortion(truth, truth, lags=(1, 500))


def test_distortion_of_what_was_dropped_or_never_changes():
    truth = walk(300, 2)
    kept, steps = METHODS["drop"]().fit(truth).fill(holes(truth, 0.2))
    told = missing.distortion(truth, kept)
    assert len(steps) < 250 and told["mean"][1].shape == (2,)
    constant = truth * [1, 0]
    pair = missing.distortion(truth, constant)["cross_correlation"]
    assert np.isfinite(pair[0]).all() and np.array_equal(np.isnan(pair[1][0]), [[False, True], [True, True]])


def test_the_record_has_every_case_and_bears_out_what_is_claimed():
    record = load_record("missing")
    removals = ("10 % at random", "50 % at random", "station outages")
    results = {(r["method"], r["removal"], r["seed"]): r for r in record["results"]}
    names, seeds = [*FILLS, "pypots_brits"], record["settings"]["seeds"]
    assert len(record["results"]) == len(results) and set(results) == set(product(names, removals, seeds))
    for removal in removals:
        assert all(len({results[name, removal, seed]["count"] for name in names}) == 1 for seed in seeds)
        mean = {name: np.mean([results[name, removal, seed]["mae"] for seed in seeds]) for name in names}
        assert min(mean, key=mean.get) == "course"
    x = load_weather().values
    count = len(x) // 48
    x, train = x[: count * 48], int(0.7 * count) * 48
    removed = missing.outages(x, 0.2, 12, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], seed=seeds[-1])
    gappy = missing.take(x, removed)
    for name in ("mean", "last", "linear"):
        filled = METHODS[name]().fit(gappy[:train]).fill(gappy)[train:]
        told = missing.score(x[train:], filled, removed[train:], np.nanstd(x[:train], axis=0))
        recorded = results[name, "station outages", seeds[-1]]
        assert (recorded["count"], recorded["mae"]) == (told.count, pytest.approx(told.mae, abs=1e-5))
