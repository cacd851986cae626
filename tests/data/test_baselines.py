"""Baselines and scores: by hand, and as scikit-learn has them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

import rnn_course.data as data

LENGTH, HORIZON = 5, 3


def test_last_value_repeats_the_last_step(values):
    x = data.windows(values, LENGTH, HORIZON).x
    np.testing.assert_array_equal(data.last_value(x, 4), np.stack([x[:, -1]] * 4, axis=1))


@pytest.mark.parametrize("period", [1, 2, 4, 5])
def test_seasonal_naive_looks_one_period_back(values, period):
    x = data.windows(values, LENGTH, HORIZON).x
    got = data.seasonal_naive(x, 11, period)
    for n, window in enumerate(x):
        extended = list(window)
        for _ in range(11):
            extended.append(extended[-period])
        np.testing.assert_array_equal(got[n], extended[LENGTH:])


def test_a_season_is_forecast_without_error():
    w = data.windows(np.tile([1.0, 5.0, 2.0, 8.0], 6), length=6, horizon=9)
    assert data.scores(w.y, data.seasonal_naive(w.x, 9, period=4)).mae == 0


def test_scores_are_those_of_scikit_learn():
    rng = np.random.default_rng(5)
    y, forecast, baseline = rng.normal(size=(3, 6, 4, 2))
    got = data.scores(y, forecast, baseline)
    assert got.mae == pytest.approx(mean_absolute_error(y.ravel(), forecast.ravel()), rel=1e-12)
    assert got.rmse == pytest.approx(root_mean_squared_error(y.ravel(), forecast.ravel()), rel=1e-12)
    reference = mean_absolute_error(y.ravel(), baseline.ravel())
    assert got.skill == pytest.approx((reference - got.mae) / reference, rel=1e-12)
    assert data.scores(y, baseline, baseline).skill == 0 and data.scores(y, y, baseline).skill == 1
    assert data.scores(y, forecast).skill is None


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: data.last_value(np.ones((3, 2)), 1), r"x has shape \(3, 2\), wanted \(n, time, feature\)"),
        (lambda: data.last_value(np.ones((3, 2, 1)), 0), "horizon is 0, it must be at least 1"),
        (lambda: data.last_value(np.full((3, 2, 1), np.nan), 1), r"x has nan at \[0, 0, 0\]"),
        (lambda: data.seasonal_naive(np.ones((3, 2, 1)), 1, 12), "x has 2 steps, a period of 12 needs at least 12"),
        (lambda: data.scores(np.ones((3, 2)), np.ones((3, 1))), r"forecast has shape \(3, 1\), y has \(3, 2\)"),
        (lambda: data.scores(np.ones(3), np.ones(3), np.ones(2)), r"baseline has shape \(2,\), y has \(3,\)"),
        (lambda: data.scores([1.0, np.nan], [1.0, 2.0]), r"y has nan at \[1\]"),
        (lambda: data.scores([1.0, 2.0], [1.0, np.inf]), r"forecast has inf at \[1\]"),
        (lambda: data.scores([1.0, 2.0], [1.0, 3.0], [1.0, 2.0]), "baseline makes no error on y"),
        (lambda: data.scores([], []), r"y has shape \(0,\), it must not be empty"),
    ],
)
def test_baselines_and_scores_refuse(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize("size", [1e-200, 1, 1e200])
def test_scores_hold_at_every_size_of_error(size):
    told = data.scores(size * np.array([1.0, 2, 4]), size * np.array([4.0, 2, 0]), baseline=np.zeros(3))
    assert told.rmse == pytest.approx(size * np.sqrt(25 / 3), rel=1e-15, abs=0)
    assert told.mae == pytest.approx(size * 7 / 3, rel=1e-15, abs=0) and told.skill == pytest.approx(0, abs=1e-15)


def test_errors_that_float64_cannot_hold_are_refused():
    with pytest.raises(ValueError, match=r"forecast − y has -?inf at \[0\]"):
        data.scores([1.5e308, 0], [-1.5e308, 0])


FINITE = st.floats(-1e6, 1e6)


@settings(max_examples=500, deadline=None)
@given(
    rows=st.lists(st.tuples(FINITE, FINITE, FINITE), min_size=1, max_size=9),
    scale=st.floats(0.01, 100),
    shift=st.floats(-1e3, 1e3),
)
def test_scores_are_errors_and_know_no_place_or_sign(rows, scale, shift):
    y, forecast, baseline = np.array(rows).T
    found = data.scores(y, forecast)
    assert (
        found.skill is None
        and found.mae <= found.rmse * (1 + 1e-9)
        and found.rmse <= np.abs(forecast - y).max() * (1 + 1e-9)
    )
    assert data.scores(forecast, y) == found and data.scores(y, y) == data.Scores(0.0, 0.0)
    moved = data.scores(scale * y + shift, scale * forecast + shift)
    assert moved.mae == pytest.approx(scale * found.mae, rel=1e-6, abs=1e-6)
    assert moved.rmse == pytest.approx(scale * found.rmse, rel=1e-6, abs=1e-6)
    if (baseline == y).all():
        with pytest.raises(ValueError, match="baseline makes no error"):
            data.scores(y, forecast, baseline)
    else:
        assert data.scores(y, forecast, baseline).skill <= 1 and data.scores(y, baseline, baseline).skill == 0
