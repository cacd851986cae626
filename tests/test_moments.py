"""Means, spreads and sizes of errors against exact arithmetic, at every size that float64 has."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from rnn_course.moments import mean_absolute, mean_and_spread, root_mean_square, standardised


def exact_root(square):
    """√ of a Fraction to the last digit, at any size."""
    power = 200 + (max(square.denominator.bit_length() - square.numerator.bit_length(), 0) // 2 + 1)
    return Fraction(math.isqrt(square.numerator * 4**power // square.denominator), 2**power)


@settings(deadline=None, max_examples=500)
@given(
    values=st.lists(st.floats(-1, 1).filter(lambda v: abs(v) > 1e-3), min_size=2, max_size=30),
    power=st.sampled_from([-1000, -660, -3, 0, 5, 660, 1010]),
)
def test_sizes_of_errors_are_those_of_exact_arithmetic(values, power):
    errors = np.ldexp(values, power)
    exact = [Fraction(float(e)) for e in errors]
    assert mean_absolute(errors) == pytest.approx(float(sum(map(abs, exact)) / len(exact)), rel=1e-15, abs=0)
    wanted = float(exact_root(sum(e * e for e in exact) / len(exact)))
    assert root_mean_square(errors) == pytest.approx(wanted, rel=1e-15, abs=0)


@settings(deadline=None, max_examples=500)
@given(
    values=st.lists(st.integers(-1000, 1000), min_size=3, max_size=30, unique=True),
    offset=st.sampled_from([0, 10**6, -(10**12)]),
    power=st.sampled_from([-900, -20, 0, 900]),
    ddof=st.sampled_from([0, 1]),
)
def test_mean_and_spread_are_those_of_exact_arithmetic(values, offset, power, ddof):
    column = np.ldexp(np.array(values, float) + offset, power)
    exact = [Fraction(float(v)) for v in column]
    middle = sum(exact) / len(exact)
    square = sum((v - middle) ** 2 for v in exact) / (len(exact) - ddof)
    mean, spread = mean_and_spread(column[:, None], ddof)
    assert mean[0] == pytest.approx(float(middle), rel=1e-12, abs=float(np.ldexp(1e-12, power)))
    assert spread[0] == pytest.approx(float(exact_root(square)), rel=1e-12, abs=0)


def test_nan_is_left_out_as_in_pandas_and_windows_count_together():
    x = np.random.default_rng(3).normal([5, -2], [3, 0.1], (4, 50, 2))
    x[np.random.default_rng(4).random(x.shape) < 0.3] = np.nan
    frame = pd.DataFrame(x.reshape(-1, 2))
    mean, spread = mean_and_spread(x, ddof=1)
    np.testing.assert_allclose(mean, frame.mean(), rtol=1e-14)
    np.testing.assert_allclose(spread, frame.std(), rtol=1e-14)
    assert np.isnan(mean_and_spread(np.full((3, 1), np.nan))).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_sums_are_in_float64_whatever_came(dtype):
    x = np.random.default_rng(0).normal(1013, 8, (200_000, 1)).astype(dtype)
    exact = x[:, 0].astype(np.float64)
    mean, spread = mean_and_spread(x)
    assert mean[0] == pytest.approx(math.fsum(exact) / len(exact), rel=1e-14)
    assert spread[0] == pytest.approx(exact.std(), rel=1e-12)
    assert mean_absolute(x) == pytest.approx(mean[0], rel=1e-14)


@pytest.mark.parametrize("value", [14.62, 100.0, 0.1, -273.15, 1e200, 0.0, 5e-324])
def test_what_differs_by_rounding_alone_has_no_spread(value):
    still = np.full((1000, 1), value)
    assert mean_and_spread(still) == (value, 0)
    still[::3] = np.nextafter(value, 0)
    still[1::3] = np.nextafter(value, np.inf) if abs(value) > 1e-300 else value
    assert mean_and_spread(still)[1] == 0 or value == 5e-324  # its neighbour is zero
    if abs(value) > 1e-300:
        assert mean_and_spread(still + abs(value) * np.linspace(0, 1e-13, 1000)[:, None])[1] > 0


def test_standardised_is_scikit_learns_but_for_a_channel_without_a_spread():
    x = np.random.default_rng(5).normal([5, -2, 0], [3, 0.1, 1e5], (40, 3))
    np.testing.assert_allclose(standardised(x), StandardScaler().fit_transform(x), rtol=1e-12, atol=1e-12)
    x[:, 1] = 14.62
    assert np.isnan(standardised(x)).all(axis=0).tolist() == [False, True, False]
