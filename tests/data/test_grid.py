"""Absent rows put back as NaN, held against pandas, and steps that are too fine."""

import numpy as np
import pandas as pd
import pytest

from rnn_course.data import Series, on_a_grid
from rnn_course.data.grid import jumps, usual_step


def series_at(times, rng=None):
    times = np.asarray(times)
    values = (rng or np.random.default_rng(3)).normal(size=(len(times), 2))
    return Series("tide", values, times, ("level", "flow"), ("m", ""), source="mine", notes="a note")


AXES = {  # the axis whole, its step for pandas, the unit of its times
    "days": ("2024-02-25", "D", "D"),
    "days written as seconds": ("2024-02-25", "D", "s"),
    "hours": ("2024-02-25T00:51", "h", "s"),
    "quarters of an hour": ("2024-02-25", "15min", "m"),
    "half seconds": ("2024-02-25", "500ms", "ms"),
    "weeks": ("2024-02-25", "7D", "D"),
    "months": ("2023-11-01", "MS", "D"),
    "months written as seconds": ("2023-11-01", "MS", "s"),
    "years": ("1999-01-01", "YS", "D"),
}


@pytest.mark.parametrize("axis", AXES)
def test_the_grid_is_that_of_pandas(axis):
    start, step, unit = AXES[axis]
    whole = pd.date_range(start, periods=40, freq=step).values.astype(f"datetime64[{unit}]")
    series = series_at(np.delete(whole, [3, 4, 17, 30]))
    oracle = pd.DataFrame(series.values, index=series.times).reindex(whole)
    got = on_a_grid(series)
    np.testing.assert_array_equal(got.times, whole)
    np.testing.assert_array_equal(got.values, oracle.values)
    assert got.times.dtype == series.times.dtype
    assert (got.channels, got.units, got.source, got.notes) == (series.channels, series.units, "mine", "a note")
    assert got.missing == {"level": 4, "flow": 4}


def test_whole_numbers_and_steps_that_are_given():
    assert on_a_grid(series_at([1990, 1994, 1996])).times.tolist() == [1990, 1992, 1994, 1996]
    assert on_a_grid(series_at([1990, 1994, 1996]), step=1).times.tolist() == list(range(1990, 1997))
    days = series_at(np.array(["2024-05-01", "2024-05-02"], "M8[D]"))
    hours = on_a_grid(days, step=np.timedelta64(6, "h"))
    assert len(hours) == 5 and str(hours.times[1]) == "2024-05-01T06"
    assert len(on_a_grid(series_at(np.array(["2024-05-01"], "M8[D]")))) == 1


def test_an_hourly_week_in_seconds_has_its_rows_and_no_more():
    week = np.datetime64("2024-05-01T00:00:00") + 3600 * np.arange(168)
    assert len(on_a_grid(series_at(week))) == 168
    said = r"a step of 1 second would have 601,201 rows, .* 168; .* 1 hour apart: give step=np.timedelta64\(1,'h'\)"
    with pytest.raises(ValueError, match=said):
        on_a_grid(series_at(week), step=np.timedelta64(1, "s"))
    week[100] += 7
    with pytest.raises(ValueError, match=r"a step of 1 second would have 601,201 rows"):
        on_a_grid(series_at(week))
    with pytest.raises(ValueError, match=r"series has a row at 2024-05-05T04:00:07, which no step of 1 hour from"):
        on_a_grid(series_at(week), step=np.timedelta64(1, "h"))


def test_a_jump_that_is_too_long_is_named():
    days = np.datetime64("2024-05-01") + np.r_[np.arange(5), 5000 + np.arange(5)]
    with pytest.raises(ValueError, match=r"1 day would have 5,005 rows, .* 10; the longest jump is from 2024-05-05 to"):
        on_a_grid(series_at(days))


@pytest.mark.parametrize(
    ("series", "step", "error", "sentence"),
    [
        (series_at([1, 2]), 0, ValueError, "step is 0, it must be at least 1"),
        (np.ones(3), None, TypeError, "series is a ndarray, it must be a Series"),
        (series_at([1, 2]), 0.5, TypeError, "step is 0.5, it must be a whole number"),
        (series_at([1, 2]), np.timedelta64(1, "D"), TypeError, "it must be a whole number as the times are"),
        (series_at(np.array(["2024-05-01", "2024-05-02"], "M8[D]")), 1, TypeError, "step is 1, .* numpy.timedelta64"),
        (
            series_at(np.array(["2024-05-01", "2024-05-02"], "M8[D]")),
            np.timedelta64(0, "D"),
            TypeError,
            "it must be a positive numpy.timedelta64",
        ),
        (
            series_at(np.array(["2024-05-01", "2024-05-02"], "M8[D]")),
            np.timedelta64(1, "M"),
            ValueError,
            "series has a row at 2024-05-02, which is not the first of a month",
        ),
    ],
)
def test_grids_that_are_refused(series, step, error, sentence):
    with pytest.raises(error, match=sentence):
        on_a_grid(series, step)


def test_jumps_and_the_usual_step():
    days = np.datetime64("2024-05-01") + np.array([0, 1, 2, 5, 6, 8])
    assert jumps(days).tolist() == [False, False, True, False, True]
    assert usual_step(days) == np.timedelta64(1, "D")
    ends = pd.date_range("2023-01-31", periods=20, freq="ME").values.astype("M8[D]")
    assert (
        not jumps(ends[:7]).any()
        and not jumps(ends).any()
        and jumps(np.delete(ends, 4)).tolist() == [k == 3 for k in range(18)]
    )
    assert jumps(np.array([7])).tolist() == []
