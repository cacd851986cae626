"""Dropping incomplete time steps, against pandas."""

import numpy as np
import pandas as pd
import pytest
from gappy_series import walk

from rnn_course.missing import drop


def test_dropping_refuses_what_filling_refuses():
    x = walk()
    x[:, 1] = np.nan
    with pytest.raises(ValueError, match="no value at all in column 1"):
        drop(x)
    x[7, 2] = -np.inf
    with pytest.raises(ValueError, match="infinite at row 7, column 2"):
        drop(x)
    with pytest.raises(ValueError, match="no complete time step among 96"):
        drop(np.where(np.arange(3) == np.arange(96)[:, None] % 3, np.nan, walk()))


def test_drop_says_what_it_kept():
    x = walk(10)
    x[[2, 7], [0, 1]] = np.nan
    kept, steps = drop(x)
    np.testing.assert_array_equal(steps, [0, 1, 3, 4, 5, 6, 8, 9])
    np.testing.assert_array_equal(kept, pd.DataFrame(x).dropna().to_numpy())


def test_of_windows_a_step_is_kept_that_is_complete_in_all():
    x = np.stack([walk(10), walk(10, seed=1)])
    x[[0, 1], [2, 7], [0, 1]] = np.nan
    kept, steps = drop(x)
    np.testing.assert_array_equal(steps, [0, 1, 3, 4, 5, 6, 8, 9])
    np.testing.assert_array_equal(kept, x[:, steps])
