"""Series, forecasts and curves over time: what is drawn and said is held to numbers from elsewhere."""

from datetime import date

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from figures import overlaps, pixels

from rnn_course import plots
from rnn_course.data import Series
from rnn_course.plots.picture import WIDTH


def test_series_shades_what_is_missing_and_says_so():
    values = np.array([[3.0, 1], [np.nan, 1], [np.nan, 2], [5, 2], [4, 2], [np.nan, 7], [8, 0]])
    years = 1900 + np.arange(7)
    picture = plots.series(Series("tide", values, years, ("level", "wind"), ("m", "")))
    top, bottom = picture.figure.axes
    [bars] = [c for c in top.collections if c.get_hatch()]
    assert [path.get_extents().intervalx.tolist() for path in bars.get_paths()] == [[1900.5, 1902.5], [1904.5, 1905.5]]
    assert not bottom.collections
    np.testing.assert_array_equal(top.lines[0].get_ydata(), values[:, 0])
    assert picture.alt == (
        "Series tide: 7 steps from 1900 to 1906. level (m) ranges from 3 to 8 with mean 5, 3 values missing in 2 "
        "shaded stretches, the longest of 2 steps; wind ranges from 0 to 7 with mean 2.143, nothing missing."
    )


def test_a_value_between_two_gaps_is_drawn_as_a_point():
    picture = plots.series(Series("s", [1.0, np.nan, 2, np.nan, 3, 4], np.arange(6), ("a",), ("",)))
    assert picture.figure.axes[0].lines[0].get_markevery() == [0, 2]


def test_series_with_dates_shades_half_a_step_to_either_side():
    days = np.datetime64("2013-01-01") + np.arange(4)
    picture = plots.series(Series("s", [1.0, np.nan, 2, 4], days, ("a",), ("",)))
    [bars] = picture.figure.axes[0].collections
    first = mpl.dates.date2num(days[0])
    np.testing.assert_allclose(bars.get_paths()[0].get_extents().intervalx, [first + 0.5, first + 1.5])
    assert pixels(picture).shape[2] == 4


def test_series_without_a_value_is_refused():
    with pytest.raises(ValueError, match="channel 'b' has no value at all"):
        plots.series(Series("s", [[1.0, np.nan], [2, np.nan]], [0, 1], ("a", "b"), ("", "")))


def test_forecast_counts_errors_from_the_split_on(rng):
    times = np.arange(1990, 2002)
    truth, lstm = rng.normal(size=(2, 12))
    late = lstm.copy()
    late[:9] = np.nan
    picture = plots.forecast(times, truth, {"LSTM": lstm, "late": late}, split=1996)
    assert f"from the split at 1996 on: LSTM {np.abs(lstm - truth)[6:].mean():.3g} over 6 steps" in picture.alt
    assert f"late {np.abs(lstm - truth)[9:].mean():.3g} over 3 steps" in picture.alt
    [ax] = picture.figure.axes
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), lstm)
    assert ax.lines[3].get_xdata()[0] == 1996 and ax.texts[0].get_text() == "split 1996"


def test_forecast_that_meets_no_truth_says_so():
    picture = plots.forecast([0, 1, 2], [1, 2, np.nan], {"a": [np.nan, np.nan, 3]}, split=1)
    assert "a unknown, no truth to compare" in picture.alt
    assert picture.figure.axes[0].lines[1].get_markevery() == [0, 1, 2]


def test_forecast_takes_dates_and_holes_in_the_truth(rng):
    times = np.datetime64("2000-01-01") + 7 * np.arange(9)
    truth = rng.normal(size=9)
    truth[[2, 7]] = np.nan
    picture = plots.forecast(times, truth, {"zero": np.zeros(9)}, split="2000-01-29")
    assert f"zero {np.nanmean(np.abs(truth[4:])):.3g} over 4 steps" in picture.alt
    assert "from 2000-01-01 to 2000-02-26" in picture.alt
    assert pixels(picture).shape[2] == 4


@pytest.mark.parametrize("unit", ["Y", "M", "W", "D", "h", "m", "s", "ms", "us"])
def test_the_split_is_marked_where_it_lies_however_fine_the_dates(unit):
    times = np.datetime64("2013-01-01", unit) + np.arange(90)
    picture = plots.forecast(times, np.arange(90.0), {"a": np.zeros(90)}, split=times[70])
    [ax] = picture.figure.axes
    place = mpl.dates.date2num(times[70])
    assert ax.lines[2].get_xdata() == [place, place] and ax.texts[0].xy[0] == place
    assert "a 79.5 over 20 steps" in picture.alt and f"split {times[70]}" == ax.texts[0].get_text()
    assert pixels(picture).shape[1] < 1.05 * WIDTH * 144


@pytest.mark.parametrize(
    "split", ["2000-01-29", np.datetime64("2000-01-29T00:00:00"), date(2000, 1, 29), pd.Timestamp("2000-01-29")]
)
def test_the_split_may_be_a_date_of_any_kind(split):
    times = np.datetime64("2000-01-01") + 7 * np.arange(9)
    picture = plots.forecast(times, np.arange(9.0), {"zero": np.zeros(9)}, split=split)
    assert "from the split at 2000-01-29 on: zero 6 over 5 steps" in picture.alt


def test_a_split_between_two_steps_counts_from_the_next_one_on():
    times = np.datetime64("2000-01-01") + np.arange(4)
    picture = plots.forecast(times, np.arange(4.0), {"zero": np.zeros(4)}, split="2000-01-02T06")
    assert "from the split at 2000-01-02T06 on: zero 2.5 over 2 steps" in picture.alt


NUMBERS, DATES = [0, 1, 2], np.datetime64("2000-01-01") + np.arange(3)


@pytest.mark.parametrize(
    ("times", "split"),
    [
        *((NUMBERS, split) for split in ("soon", DATES[1], True, [1, 2], object(), np.nan)),
        *((DATES, split) for split in ("soon", 1, True, DATES[:2], object(), np.datetime64("NaT"))),
    ],
)
def test_a_split_of_another_kind_than_the_times_is_refused(times, split):
    with pytest.raises((TypeError, ValueError), match=r"split is .*, it must"):
        plots.forecast(times, [1.0, 2, 3], {"a": [1.0, 2, 3]}, split=split)


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (np.array(["-0900", "0000", "1990"], "M8[Y]"), "times go from .* dates can be drawn from year 1 to 9999"),
        (np.datetime64("2013-01-01T00", "ns") + np.arange(3), "times has .* fall on one place of the axis"),
        (np.array([1, 2, 3]) + 2**60, "times has .* fall on one place of the axis"),
        (np.array([0, 1, np.inf]), "x has inf, every step needs a time"),
        (np.array(["2000", "2001", "NaT"], "M8[Y]"), "x has NaT, every step needs a time"),
    ],
)
def test_times_that_have_no_place_of_their_own_are_refused(times, sentence):
    with pytest.raises(ValueError, match=sentence):
        plots.lines(times, {"a": [1.0, 2, 3]})


@pytest.mark.parametrize("share", [0.01, 0.2, 0.8])
def test_of_very_many_gaps_those_a_pixel_apart_stay_apart_and_all_are_shaded(share):
    rng, steps = np.random.default_rng(0), 60_000
    values = np.where(rng.random(steps) < share, np.nan, 1.0)
    values[20_000:20_500], values[0], values[1000:1100] = 1.0, np.nan, np.nan
    picture = plots.series(Series("s", values, np.arange(steps), ("a",), ("",)))
    [bars] = picture.figure.axes[0].collections
    left, right = np.array([path.get_extents().intervalx for path in bars.get_paths()]).T
    assert len(left) < WIDTH * 144 and (left[1:] > right[:-1]).all()
    shaded = np.searchsorted(left, np.arange(steps), side="right") > np.searchsorted(right, np.arange(steps))
    assert shaded[np.isnan(values)].all() and not shaded[20_100:20_400].any()
    seen_between = np.diff(np.flatnonzero(np.isnan(values))) - 1
    assert len(left) == 1 + (seen_between >= steps / (WIDTH * 144)).sum()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"truth": [1.0, 2]}, r"truth has shape \(2,\), wanted \(time=3\)"),
        ({"forecasts": {"a": [1.0, 2]}}, r"forecasts\['a'\] has shape \(2,\)"),
        ({"forecasts": {}}, "forecasts is empty"),
        ({"truth": [1, np.inf, 2]}, r"truth has inf at \[1\]"),
        ({"forecasts": {"a": [np.nan] * 3}}, "has no value at all"),
        ({"times": [], "truth": []}, "no axis of"),
        ({"times": [0, 2, 1]}, "times must increase"),
        ({"forecasts": {k: [1.0, 2, 2] for k in "abcdefg"}}, "forecasts has 7 entries, at most 6"),
        ({"split": 9}, "split is 9, it must lie between 0 and 2"),
    ],
)
def test_forecast_refuses(change, sentence):
    arguments = {"times": [0, 1, 2], "truth": [1.0, 2, 3], "forecasts": {"a": [1.0, 2, 2]}} | change
    with pytest.raises(ValueError, match=sentence):
        plots.forecast(**arguments)


@pytest.mark.parametrize("years", [1, 9, 44])
def test_dates_on_an_axis_do_not_touch(years):
    times = np.datetime64("1958-03-29") + np.arange(0, 365 * years, 7)
    picture = plots.lines(times, {"x": np.arange(len(times))})
    picture.figure.draw_without_rendering()
    shown = [label for label in picture.figure.axes[0].get_xticklabels() if label.get_text()]
    assert len(shown) >= 3 and not overlaps(picture, shown)


def test_lines_says_first_last_and_range_of_each_curve():
    picture = plots.lines([0.0, 0.5, 2.0], {"up": [1, 2, 4], "holed": [np.nan, 3, -1]}, xlabel="shift", ylabel="error")
    assert (
        picture.alt
        == "error over shift, 0.0 to 2.0. up from 1 to 4, between 1 and 4; holed from 3 to -1, between -1 and 3."
    )
    drawn = {line.get_label(): line.get_ydata() for line in picture.figure.axes[0].lines}
    assert list(drawn["up"]) == [1, 2, 4] and picture.figure.axes[0].get_xlabel() == "shift"
    with pytest.raises(ValueError, match="curves"):
        plots.lines([0, 1], {"up": [1, 2, 4]})
    with pytest.raises(TypeError, match="curves is a list"):
        plots.lines([0, 1], [[1, 2]])
