"""Windows, parts and scaling: no step of a later part may reach an earlier one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

import rnn_course.data as data

LENGTH, HORIZON = 5, 3


def as_series(values):
    channels = tuple(f"c{k}" for k in range(values.shape[1]))
    return data.Series("mine", values, np.arange(1900, 1900 + len(values)), channels, ("m",) * len(channels))


# --- windows


@pytest.mark.parametrize("stride", [1, 2, 7])
@pytest.mark.parametrize("steps", [8, 9, 40])
def test_windows_are_every_stretch_that_fits(values, steps, stride):
    values = values[:steps]
    got = data.windows(values, LENGTH, HORIZON, stride)
    starts = [k for k in range(0, steps, stride) if k + LENGTH + HORIZON <= steps]
    assert len(got) == len(starts)
    for k, start in enumerate(starts):
        np.testing.assert_array_equal(got.x[k], values[start : start + LENGTH])
        np.testing.assert_array_equal(got.y[k], values[start + LENGTH : start + LENGTH + HORIZON])
    np.testing.assert_array_equal(values[got.index], got.y)


def test_windows_take_a_series_or_an_array_of_either_rank(values):
    flat = data.windows(values[:, 0], LENGTH)
    column = data.windows(values[:, :1], LENGTH)
    series = data.windows(as_series(values[:, :1]), LENGTH)
    assert flat.x.shape == (35, LENGTH, 1) and flat.y.shape == (35, 1, 1)
    for other in (column, series):
        np.testing.assert_array_equal(flat.x, other.x)
        np.testing.assert_array_equal(flat.y, other.y)


def test_windows_are_copies(values):
    before = values.copy()
    data.windows(values, LENGTH).x[:] = 0
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"values": np.ones(7)}, ValueError, "values has 7 steps, length=5 with horizon=3 needs at least 8"),
        ({"values": np.ones((4, 3, 2))}, ValueError, r"values has shape \(4, 3, 2\), wanted \(time, feature\)"),
        ({"values": []}, ValueError, "no axis of .* may be empty"),
        ({"values": ["a", "b"]}, TypeError, "values has dtype <U1, it must be real numbers"),
        ({"length": 0}, ValueError, "length is 0, it must be at least 1"),
        ({"horizon": 0}, ValueError, "horizon is 0, it must be at least 1"),
        ({"stride": 1.5}, TypeError, "stride is 1.5, it must be a whole number"),
    ],
)
def test_windows_refuse(change, error, sentence):
    with pytest.raises(error, match=sentence):
        data.windows(**{"values": np.ones(20), "length": LENGTH, "horizon": HORIZON} | change)


def test_missing_values_are_refused_with_their_place_and_what_to_do(values):
    values[[11, 30], 1] = np.nan
    with pytest.raises(ValueError, match=r"column 1 of values is missing \(NaN\) at row 11, and 2 values .* fill them"):
        data.windows(values, LENGTH)
    with pytest.raises(ValueError, match=r"channel 'c1' is missing \(NaN\) at row 11, and 2 values are missing in all"):
        data.forecast_splits(as_series(values), LENGTH)
    with pytest.raises(ValueError, match=r"channel 'CO2' is missing .* 59 values are missing in all"):
        data.windows(data.load_co2(), 52)


# --- over a jump in time


def with_hole(values, hole=slice(20, 23)):
    """A daily series, the rows of a hole absent."""
    days = np.datetime64("2024-05-01") + np.arange(len(values))
    keep = np.delete(np.arange(len(values)), hole)
    return data.Series("mine", values[keep], days[keep], ("a", "b"), ("", ""))


def test_windows_over_a_jump_in_time_are_said_and_marked(values):
    series = with_hole(values)
    said = "7 of 30 windows go over a jump in time, such as that from 2024-05-20 to 2024-05-24: .* on_a_grid"
    with pytest.warns(UserWarning, match=said) as caught:
        got = data.windows(series, LENGTH, HORIZON)
    assert caught[0].filename == __file__
    # The jump is between rows 19 and 20; a window of eight rows that starts at row k ends at k + 7.
    assert np.flatnonzero(got.jumps).tolist() == [k for k in range(30) if k <= 19 < k + 7]
    assert "7 over a jump in time" in repr(got)
    steps = series.times[got.index[:, -1]] - series.times[got.index[:, 0] - LENGTH]
    np.testing.assert_array_equal(got.jumps, steps != np.timedelta64(LENGTH + HORIZON - 1, "D"))


def test_the_jump_that_is_named_lies_in_a_window(values):
    keep = np.delete(np.arange(40), [10, 24])  # jumps between rows 9 and 10, 22 and 23; windows begin at rows 0 and 20
    series = data.Series("mine", values[keep], np.datetime64("2024-05-01") + keep, ("a", "b"), ("", ""))
    with pytest.warns(UserWarning, match="1 of 2 windows go over .* that from 2024-05-24 to 2024-05-26"):
        data.windows(series, LENGTH, HORIZON, stride=20)


def test_parts_of_a_forecast_know_their_jumps(values):
    with pytest.warns(UserWarning, match="7 of 30 windows go over a jump in time") as caught:
        ready = data.forecast_splits(with_hole(values), LENGTH, HORIZON, train=0.5, validation=0.25)
    assert caught[0].filename == __file__
    for part in (ready.train, ready.validation, ready.test):
        starts = part.index[:, 0] - LENGTH
        np.testing.assert_array_equal(part.jumps, (starts <= 19) & (19 < starts + 7))
    assert "over a jump in time" in repr(ready)


@pytest.mark.filterwarnings("error")
def test_windows_that_go_over_no_jump_are_cut_without_a_word(values):
    series = with_hole(values, slice(20, 33))
    assert not data.windows(series, LENGTH, HORIZON, stride=20).jumps.any()
    months = np.arange("2023-01", "2026-05", dtype="datetime64[M]").astype("datetime64[D]")
    assert not data.windows(data.Series("m", values, months, ("a", "b"), ("", "")), LENGTH).jumps.any()
    assert data.windows(values, LENGTH).jumps is None and "jump" not in repr(data.windows(values, LENGTH))


# --- split


def test_split_is_in_time_order_and_complete(values):
    parts = data.split(values, train=0.5, validation=0.2)
    assert [len(part) for part in parts] == [20, 8, 12]
    np.testing.assert_array_equal(np.concatenate(parts), values)


def test_split_of_a_series_gives_series(values):
    series = as_series(values)
    train, validation, test = data.split(series)
    assert [len(part) for part in (train, validation, test)] == [28, 6, 6]
    assert (train.times[-1] + 1, validation.times[-1] + 1) == (validation.times[0], test.times[0])
    assert test.times[-1] == series.times[-1] and test.channels == series.channels


def test_split_rounds_fractions_and_does_not_trust_binary_ones():
    # 0.29 · 100 is 28.999… in binary: cut to 28 it would not be the 29 that was asked for.
    assert [len(part) for part in data.split(np.arange(100), train=0.29, validation=0.57)] == [29, 57, 14]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"train": 0}, "train is 0, it must be a fraction between 0 and 1"),
        ({"validation": 1.5}, "validation is 1.5, it must be a fraction between 0 and 1"),
        ({"train": "half"}, "train is 'half', it must be a fraction"),
        ({"train": 0.9}, r"train \+ validation is 1.05, it must leave something for the test part"),
        ({"series": np.arange(3)}, "series has 3 steps, too few: .* into 2, 1 and 0"),
        ({"series": 4.0}, "series has 1 steps, too few"),
    ],
)
def test_split_refuses(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        data.split(**{"series": np.arange(40)} | change)


# --- scaling


def test_the_scaler_is_that_of_scikit_learn(values):
    values[[3, 9], [0, 1]] = np.nan
    ours, oracle = data.Scaler().fit(values), StandardScaler().fit(values)
    other = np.random.default_rng(1).normal(size=(6, 4, 2))
    np.testing.assert_allclose(ours.transform(other).reshape(-1, 2), oracle.transform(other.reshape(-1, 2)), atol=1e-12)
    np.testing.assert_allclose(ours.inverse(ours.transform(other)), other, atol=1e-12)
    np.testing.assert_array_equal(np.isnan(ours.transform(values)), np.isnan(values))


def test_a_scaler_is_rebuilt_from_its_numbers(values):
    fitted = data.Scaler().fit(as_series(values))
    again = data.Scaler(mean=fitted.mean, scale=fitted.scale)
    np.testing.assert_array_equal(again.transform(values), fitted.transform(as_series(values)))


def test_the_scaler_refuses(values):
    with pytest.raises(ValueError, match=r"no statistics yet, call fit\(values\) first"):
        data.Scaler().transform(values)
    scaler = data.Scaler().fit(values)
    for v in (np.ones((4, 3)), np.ones(5), 1.0):
        with pytest.raises(ValueError, match=r"this Scaler was fitted to \(…, feature=2\)"):
            scaler.inverse(v)
    values[:, 1] = 0.1
    with pytest.raises(ValueError, match=r"column 1 of values has the one value 0.1: it has no spread"):
        data.Scaler().fit(values)
    values[:, 1] = np.nan
    for rows in ([[1e308], [-1e308]], [[0.0], [5e-324]]):
        with pytest.raises(ValueError, match="column 0 of values has values too far apart or too close for float64"):
            data.Scaler().fit(rows)
    with pytest.raises(ValueError, match="channel 'c1' has no values"):
        data.Scaler().fit(as_series(values))


@pytest.mark.parametrize("size", [1e-200, 1, 1e200])
def test_the_scaler_holds_at_every_size_of_number(size):
    scaler = data.Scaler().fit(size * np.array([[1.0], [2.0], [6.0]]))
    np.testing.assert_allclose([scaler.mean[0], scaler.scale[0]], size * np.array([3, np.sqrt(14 / 3)]), rtol=1e-15)


def test_the_scaler_sums_in_float64():
    values = np.random.default_rng(0).normal(1013, 8, (200_000, 1)).astype(np.float32)
    oracle = StandardScaler().fit(values.astype(np.float64))
    scaler = data.Scaler().fit(values)
    np.testing.assert_allclose([scaler.mean, scaler.scale], [oracle.mean_, oracle.scale_], rtol=1e-12)
    assert scaler.transform(values.astype(np.float16)).dtype == np.float64


@pytest.mark.parametrize("value", [14.62, 100.0])
def test_a_spread_of_rounding_is_no_spread(value):
    values = np.full((1000, 1), value)
    values[::3] = np.nextafter(value, 0)
    with pytest.raises(ValueError, match=rf"column 0 of values has the one value {value:g}: it has no spread"):
        data.Scaler().fit(values)


def test_a_series_with_other_channels_than_the_scaler_was_fitted_to_is_refused(values):
    series = as_series(values)
    scaler = data.Scaler().fit(series)
    turned = data.Series("mine", values[:, ::-1], series.times, ("c1", "c0"), ("m", "m"))
    for method in (scaler.transform, scaler.inverse):
        sentence = r"v has the channels \('c1', 'c0'\), this Scaler was fitted to \('c0', 'c1'\)"
        with pytest.raises(ValueError, match=sentence):
            method(turned)
        np.testing.assert_array_equal(method(series), method(values))
    np.testing.assert_array_equal(data.Scaler().fit(values).transform(turned), scaler.transform(values[:, ::-1]))


# --- ready for forecasting


def test_targets_of_a_part_lie_in_that_part_alone(values):
    ready = data.forecast_splits(values, LENGTH, HORIZON, train=0.5, validation=0.25)
    bounds = {"train": range(0, 20), "validation": range(20, 30), "test": range(30, 40)}
    for part, steps in bounds.items():
        found = getattr(ready, part)
        assert set(found.index.ravel()) == set(steps) - set(range(LENGTH))
        assert len(found) == len(steps) - HORIZON + 1 - (LENGTH if part == "train" else 0)
        np.testing.assert_allclose(ready.scaler.inverse(found.y), values[found.index], atol=1e-12)
        inputs = found.index[:, :1] - LENGTH + np.arange(LENGTH)
        np.testing.assert_allclose(ready.scaler.inverse(found.x), values[inputs], atol=1e-12)


def test_the_scaler_knows_the_training_part_alone(values):
    ready = data.forecast_splits(as_series(values), LENGTH, HORIZON, train=0.5, validation=0.25)
    np.testing.assert_allclose(ready.scaler.mean, values[:20].mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(ready.scaler.scale, values[:20].std(axis=0), rtol=1e-13)


@pytest.mark.parametrize(
    ("first", "untouched"), [(20, ("train",)), (30, ("train", "validation")), (39, ("train", "validation"))]
)
def test_the_future_does_not_reach_back(values, first, untouched):
    before = data.forecast_splits(values, LENGTH, HORIZON, train=0.5, validation=0.25)
    changed = values.copy()
    changed[first:] = 1000 * np.random.default_rng(3).normal(size=changed[first:].shape)
    after = data.forecast_splits(changed, LENGTH, HORIZON, train=0.5, validation=0.25)
    np.testing.assert_array_equal(before.scaler.mean, after.scaler.mean)
    np.testing.assert_array_equal(before.scaler.scale, after.scaler.scale)
    for part in untouched:
        np.testing.assert_array_equal(getattr(before, part).x, getattr(after, part).x)
        np.testing.assert_array_equal(getattr(before, part).y, getattr(after, part).y)
    assert not np.array_equal(before.test.y, after.test.y)


def test_every_value_of_the_training_part_reaches_the_scaler(values):
    before = data.forecast_splits(values, LENGTH, HORIZON, train=0.5, validation=0.25).scaler
    values[19] += 1.0
    after = data.forecast_splits(values, LENGTH, HORIZON, train=0.5, validation=0.25).scaler
    assert (before.mean != after.mean).all()


@pytest.mark.parametrize(
    ("steps", "validation", "sentence"),
    [
        (7, 0.25, "series has 7 steps, length=5 with horizon=3 needs at least 8"),
        (14, 0.25, "the train part has 7 of 14 steps, length=5 with horizon=3 needs at least 8 there"),
        (40, 0.05, "the validation part has 2 of 40 steps, length=5 with horizon=3 needs at least 3 there"),
        (40, 0.45, "the test part has 2 of 40 steps, length=5 with horizon=3 needs at least 3 there"),
    ],
)
def test_parts_too_short_are_refused_with_what_they_need(values, steps, validation, sentence):
    with pytest.raises(ValueError, match=sentence):
        data.forecast_splits(values[:steps], LENGTH, HORIZON, train=0.5, validation=validation)


def test_the_shortest_parts_that_fit_hold_one_window_each(values):
    ready = data.forecast_splits(values[:14], LENGTH, HORIZON, train=8 / 14, validation=3 / 14)
    assert [len(part) for part in (ready.train, ready.validation, ready.test)] == [1, 1, 1]


def test_a_channel_that_stands_still_in_training_is_refused(values):
    values[:28, 1] = 4.0
    with pytest.raises(ValueError, match="channel 'c1' has the one value 4: it has no spread"):
        data.forecast_splits(as_series(values), LENGTH, HORIZON)


def test_a_real_series_goes_through():
    ready = data.forecast_splits(data.load_sunspots(), length=22, horizon=2)
    assert ready.series.name == "sunspots"
    assert ready.series.times[ready.test.index[-1, -1]] == 2008
    assert "test: " in repr(ready) and "Windows: x" in repr(ready)


# --- what holds of any series


@settings(max_examples=500, deadline=None)
@given(
    steps=st.integers(1, 60),
    features=st.integers(1, 3),
    length=st.integers(1, 12),
    horizon=st.integers(1, 6),
    stride=st.integers(1, 7),
)
def test_every_target_is_the_value_so_many_steps_after_its_window(steps, features, length, horizon, stride):
    values = np.arange(steps * features, dtype=float).reshape(steps, features)
    if steps < length + horizon:
        with pytest.raises(ValueError, match=f"values has {steps} steps"):
            data.windows(values, length, horizon, stride)
        return
    got = data.windows(values, length, horizon, stride)
    assert len(got) == (steps - length - horizon) // stride + 1
    for k in range(len(got)):
        start = k * stride
        np.testing.assert_array_equal(got.x[k], values[start : start + length])
        for ahead in range(horizon):
            assert got.index[k, ahead] == start + length + ahead
            np.testing.assert_array_equal(got.y[k, ahead], values[start + length + ahead])


@settings(max_examples=500, deadline=None)
@given(
    steps=st.integers(20, 120),
    length=st.integers(1, 8),
    horizon=st.integers(1, 4),
    train=st.floats(0.3, 0.7),
    validation=st.floats(0.1, 0.25),
    seed=st.integers(0, 10**6),
)
def test_no_value_of_a_later_part_is_in_an_earlier_one(steps, length, horizon, train, validation, seed):
    values = np.random.default_rng(seed).permutation(steps).astype(float)  # each value stands for its step
    first, second, third = data.split(values, train, validation)
    np.testing.assert_array_equal(np.concatenate([first, second, third]), values)
    try:
        parts = data.forecast_splits(values, length, horizon, train, validation)
    except ValueError as error:
        assert "needs at least" in str(error)
        return
    cuts = len(first), len(first) + len(second)
    seen = parts.scaler.inverse(np.concatenate([parts.train.x.ravel(), parts.train.y.ravel()])[:, None])
    assert not set(seen.ravel().round().astype(int)) & set(np.concatenate([second, third]).astype(int))
    assert parts.scaler.mean[0] == pytest.approx(first.mean())
    for part, (low, high) in zip(
        (parts.train, parts.validation, parts.test), ((0, cuts[0]), cuts, (cuts[1], steps)), strict=True
    ):
        assert (part.index >= low).all() and (part.index < high).all()
        np.testing.assert_allclose(parts.scaler.inverse(part.y)[..., 0], values[part.index], atol=1e-9)
