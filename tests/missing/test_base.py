"""What every method of filling promises, whatever it is."""

import subprocess
import sys

import numpy as np
import pytest
from gappy_series import FILLS, holes, made, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.missing import METHODS
from rnn_course.missing.base import since_seen

SIMPLE = ["mean", "median", "mode", "last", "next", "linear", "seasonal"]


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


@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(1, 4), st.floats(0, 0.9), st.sampled_from(SIMPLE))
@settings(max_examples=500, deadline=None)
def test_any_pattern_of_holes(seed, steps, features, rate, name):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, steps, features))
    x[rng.random(x.shape) < rate] = np.nan
    x[0, 0] = rng.normal(size=features)
    filled = METHODS[name]().fit(x).fill(x)
    seen = ~np.isnan(x)
    assert np.isfinite(filled).all() and np.array_equal(filled[seen], x[seen])


def test_since_seen_by_hand():
    mask = np.array([[1, 0, 0, 1, 1]], bool)[..., None]
    np.testing.assert_array_equal(since_seen(mask)[0, :, 0], [0, 1, 2, 3, 1])


def test_package_imports_without_torch():
    code = "import sys, rnn_course.missing; sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_the_spread_of_a_fill_holds_at_every_size_and_a_constant_has_none(size):
    x = holes(walk())
    method = METHODS["mean"]().fit(size * x)
    np.testing.assert_allclose([method.mean / size, method.spread / size], [np.nanmean(x, 0), np.nanstd(x, 0)])
    still = METHODS["mean"]().fit(np.where(np.isnan(x), np.nan, 14.62))
    assert still.mean.tolist() == [14.62] * 3 and still.spread.tolist() == [1] * 3


@settings(max_examples=500, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    steps=st.integers(30, 60),
    features=st.integers(1, 3),
    rate=st.floats(0.05, 0.7),
    name=st.sampled_from(["mean", "median", "mode", "last", "next", "linear", "seasonal"]),
)
def test_what_was_measured_stays_and_nothing_is_left_open(seed, steps, features, rate, name):
    whole = walk(steps, features, seed)
    x = np.where(np.random.default_rng(seed).random(whole.shape) < rate, np.nan, whole)
    x[0] = whole[0]  # each channel has a value
    before = x.copy()
    filled = METHODS[name]().fit(x).fill(x)
    np.testing.assert_array_equal(x, before)
    seen = ~np.isnan(x)
    assert np.isfinite(filled).all() and (filled[seen] == whole[seen]).all()
    if name in ("last", "next", "linear", "median", "mode"):  # between what was seen
        assert (filled >= np.nanmin(x, axis=0) - 1e-9).all() and (filled <= np.nanmax(x, axis=0) + 1e-9).all()
