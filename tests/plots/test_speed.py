"""Figures of the speed ladder and of a machine."""

import numpy as np
import pytest

from rnn_course import plots
from rnn_course.speed import Call


def a_result(rung, median, model="LSTM", **more):
    spread = {"median": median, "low": median and 0.8 * median, "high": median and 1.3 * median}
    return (
        {"rung": rung, "model": model, "batch": 3, "time": 7, "input": 2, "hidden": 5, "skipped": None} | spread | more
    )


RESULTS = [
    a_result("cell_loop", 0.25),
    a_result("cuda_graph", None, skipped="a CUDA graph needs a GPU"),
    a_result("nn_lstm", 0.00125),
    a_result("mingru_scan", 0.0008, model="minGRU"),
]


def test_the_ladder_draws_medians_and_quartiles_and_says_what_was_not_measured():
    picture = plots.ladder(RESULTS)
    (ax,) = picture.figure.axes
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    assert ends == pytest.approx([0.25, 0.00125, 0.0008]) and ax.get_xscale() == "log"
    assert "at batch 3, 7 steps, input 2, hidden 5" in picture.alt
    assert "a loop over nn.LSTMCell 250 ms (200 ms to 325 ms)" in picture.alt
    assert "nn.LSTMCell as a CUDA graph not measured: a CUDA graph needs a GPU" in picture.alt
    assert "nn.LSTM 1.25 ms" in picture.alt and "minGRU by a scan 800 µs" in picture.alt
    rows = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert rows[0] == "a loop over nn.LSTMCell" and len(rows) == 4
    assert [text.get_text() for text in ax.texts] == ["not measured"]
    assert plots.ladder(RESULTS, {"nn_lstm": "mine"}).alt.count("mine") == 1


def test_scaling_draws_a_curve_a_rung_over_one_size():
    results = [a_result("nn_lstm", 0.002 * batch, batch=batch) for batch in (16, 1, 64)]
    results += [a_result("cell_loop", 0.4, batch=16), a_result("cuda_graph", None, batch=1)]
    picture = plots.scaling(results, "batch")
    assert "nn.LSTM from 2 ms at 1 to 128 ms at 64" in picture.alt
    (ax,) = picture.figure.axes
    curve = ax.lines[0]
    assert list(curve.get_xdata()) == [1, 16, 64] and list(curve.get_ydata()) == [0.002, 0.032, 0.128]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_each_roof_has_its_ridge_where_slope_and_peak_meet():
    points = {"low": (0.5, 5e9), "high": (30.0, 3e10)}
    picture = plots.roofline(6e10, {"cache": 4e10, "memory": 2e10}, points)
    (ax,) = picture.figure.axes
    for line, bandwidth in zip(ax.lines, (4e10, 2e10), strict=False):
        x, y = line.get_data()
        np.testing.assert_allclose(y, np.minimum(6e10, bandwidth * x), rtol=1e-12)
    assert [tuple(line.get_xydata()[0]) for line in ax.lines[2:]] == list(points.values())
    assert len({line.get_marker() for line in ax.lines[2:]}) == 2
    assert "flat at 6e+10 operations per second" in picture.alt
    assert "memory rises with 2e+10 bytes per second up to 3 operations per byte" in picture.alt
    assert "low at 0.5 operations per byte 5e+09 per second" in picture.alt


CALLS = [
    Call("aten::zeros", 0.0, 0.001, "call"),
    Call("aten::lstm_cell", 0.002, 0.006, "call"),
    Call("aten::addmm", 0.003, 0.005, "product"),
    Call("MulBackward0", 0.007, 0.010, "call"),
]
ROUTINE = [Call("aten::lstm", 0.0, 0.004, "call"), Call("aten::mkldnn_rnn_layer", 0.001, 0.004, "routine")]


def test_a_trace_draws_each_call_where_it_was_and_products_below():
    picture = plots.trace({"loop": CALLS, "nn.LSTM": ROUTINE})
    (ax,) = picture.figure.axes
    rows = [[path.get_extents().intervalx for path in bars.get_paths()] for bars in ax.collections]
    wanted = [[(0, 1), (2, 6), (7, 10)], [(3, 5)], [(0, 4)], [(1, 4)]]  # milliseconds
    for row, intervals in zip(rows, wanted, strict=True):
        np.testing.assert_allclose(row, intervals, atol=1e-9)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["loop", "products inside", "nn.LSTM", "its routine"]
    assert "loop 10 ms with 3 calls, 20% of it in products" in picture.alt
    assert "nn.LSTM 4 ms with 1 call, 75% of it in one routine" in picture.alt


@pytest.mark.parametrize(
    ("draw", "error", "sentence"),
    [
        (lambda: plots.dependency_chain(5), ValueError, "size is 5, at most 4"),
        (lambda: plots.dependency_chain(1), ValueError, "size is 1, it must be at least 2"),
        (lambda: plots.ladder([]), ValueError, "results is empty"),
        (lambda: plots.ladder([3]), TypeError, r"results\[0\] is no result of speed.measure"),
        (lambda: plots.ladder(RESULTS[1:2]), ValueError, "results has no time"),
        (lambda: plots.ladder([*RESULTS, a_result("nn_lstm", 1.0, batch=4)]), ValueError, "results has 2 shapes"),
        (lambda: plots.scaling(RESULTS, "size"), ValueError, "against is 'size', it must be one of"),
        (
            lambda: plots.scaling([*RESULTS, a_result("nn_lstm", 1.0, batch=4)], "time"),
            ValueError,
            "results has more than one batch, against='time' wants one",
        ),
        (lambda: plots.roofline(0, {"memory": 1e9}, {"a": (1, 1)}), ValueError, "peak is 0, it must be positive"),
        (lambda: plots.roofline(1e9, 1e9, {"a": (1, 1)}), TypeError, "bandwidths is a float"),
        (
            lambda: plots.roofline(1e9, {"memory": 1e9}, {"a": (1, 0)}),
            ValueError,
            r"points\['a'\] is \(1.0, 0.0\), both numbers",
        ),
        (lambda: plots.roofline(1e9, {"memory": 1e9}, {}), ValueError, "points is empty"),
        (lambda: plots.trace({}), ValueError, "traces is empty"),
        (lambda: plots.trace(CALLS), TypeError, "traces is a list"),
        (lambda: plots.trace({"a": []}), ValueError, r"traces\['a'\] is empty, at least one call"),
        (lambda: plots.trace({"a": [(0, 1)]}), TypeError, r"traces\['a'\] is no list of calls"),
        (lambda: plots.trace(dict.fromkeys("abcd", CALLS)), ValueError, "traces has 4 entries, at most 3"),
    ],
)
def test_speed_figures_refuse(draw, error, sentence):
    with pytest.raises(error, match=sentence):
        draw()
