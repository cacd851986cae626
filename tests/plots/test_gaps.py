"""Where values are missing, and what fills them."""

import matplotlib as mpl
import numpy as np
import pytest

from rnn_course import plots
from rnn_course.data import Series


def test_holes_are_where_the_values_are_missing_and_are_counted():
    values = np.arange(21.0).reshape(7, 3)
    values[[1, 2, 5], 0] = values[6, 2] = np.nan
    times = np.datetime64("2013-01-01T00") + np.arange(7)
    picture = plots.holes(Series("s", values, times, ("a", "b", "c"), ("", "", "")))
    assert picture.alt == (
        "Where s is missing, 7 steps from 2013-01-01T00 to 2013-01-01T06, a bar for each gap. Values missing: "
        "a 3 in 2 gaps, the longest of 2 steps; b 0; c 1 in 1 gap, the longest of 1 step."
    )
    [ax] = picture.figure.axes
    bars = [[path.get_extents() for path in collection.get_paths()] for collection in ax.collections]
    hours = [[((bar.x0 - mpl.dates.date2num(times[0])) * 24, bar.width * 24, bar.y0) for bar in row] for row in bars]
    np.testing.assert_allclose(hours[0], [(0.5, 2, -0.35), (4.5, 1, -0.35)])
    np.testing.assert_allclose(hours[2], [(5.5, 1, 1.65)])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"] and not hours[1]


def test_fills_are_drawn_in_the_gaps_and_scored_where_the_truth_is_known():
    truth = np.array([1.0, 2, 4, np.nan, 5, 5, 7, 8])
    missing = np.array([False, False, True, True, False, False, True, False])
    line = np.array([1.0, 2, 3, 4, 5, 5, 9, 8])
    picture = plots.fills(np.arange(8), truth, missing, {"line": line, "zero": np.zeros(8)}, ylabel="level (m)")
    assert picture.alt == (
        "level (m) from 0 to 7 with 2 shaded gaps of 1 to 2 steps. Mean absolute error in the gaps: line 1.5; zero 5.5."
    )
    drawn = {curve.get_label(): curve.get_ydata() for curve in picture.figure.axes[0].lines}
    np.testing.assert_array_equal(drawn["line"], [np.nan, 2, 3, 4, 5, 5, 9, 8])
    unknown = plots.fills(np.arange(3), [1, np.nan, 3], [False, True, False], {"line": [1.0, 2, 3]})
    assert "line unknown" in unknown.alt


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"missing": [False] * 3}, "missing must be True where"),
        ({"missing": [0, 1, 0]}, "missing must be True where"),
        ({"missing": [True]}, r"missing has shape \(1,\), wanted \(time=3\)"),
        ({"filled": {"a": [1.0, np.nan, 2]}}, r"filled\['a'\] in the gaps has nan at \[1\]"),
        ({"filled": {}}, "filled is empty"),
    ],
)
def test_fills_refuse(change, sentence):
    arguments = {
        "times": [0, 1, 2],
        "truth": [1.0, 2, 3],
        "missing": [False, True, False],
        "filled": {"a": [1.0, 2, 2]},
    }
    with pytest.raises(ValueError, match=sentence):
        plots.fills(**(arguments | change))
