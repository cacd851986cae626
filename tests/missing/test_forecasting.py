"""Forecasting from gappy input."""

import numpy as np
import pytest

from rnn_course.missing.forecasting import gappy_inputs


def test_a_forecaster_reads_gaps_as_they_are():
    x = np.random.default_rng(0).normal(size=(4, 9, 2))
    x[1, :3, 0] = np.nan
    x[2, 5:, 1] = np.nan
    inputs = gappy_inputs(x)
    assert inputs.shape == (4, 9, 6) and np.isfinite(inputs).all()
    np.testing.assert_array_equal(inputs[1, :3, 0], 0)
    np.testing.assert_array_equal(inputs[2, 5:, 1], x[2, 4, 1])
    np.testing.assert_array_equal(inputs[..., 2:4], ~np.isnan(x))
    np.testing.assert_allclose(inputs[2, 4:, 5], np.log1p([1, 1, 2, 3, 4]))


def test_a_forecaster_refuses_what_it_cannot_read():
    x = np.random.default_rng(0).normal(size=(4, 9, 2))
    with pytest.raises(ValueError, match=r"x has shape \(9, 2\), wanted \(batch, time, feature\)"):
        gappy_inputs(x[0])
    x[1, 3, 1] = -np.inf
    with pytest.raises(ValueError, match="infinite at window 1, row 3, column 1"):
        gappy_inputs(x)
