"""Heat maps of gates and states."""

import matplotlib as mpl
import numpy as np
import pytest
from figures import pixels

from rnn_course import plots
from rnn_course.cells import GRU, LSTM, SimpleRNN


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        (LSTM, ["i", "f", "o", "C_tilde", "C", "h"]),
        (GRU, ["r", "z", "n", "h"]),
        (SimpleRNN, ["a", "h"]),
    ],
)
def test_gates_draw_the_trace_of_one_sequence(cell, names, rng):
    trace = cell(3, 5, seed=2).trace(2 * rng.normal(size=(4, 11, 3)))
    picture = plots.gates(trace, sequence=2)
    meshes = [ax.collections[0] for ax in picture.figure.axes if ax.get_ylabel() == "unit"]
    assert len(meshes) == len(names)
    for mesh, name in zip(meshes, names, strict=True):
        values = trace[name][2]
        np.testing.assert_array_equal(mesh.get_array(), values.T)
        low, high = mesh.get_clim()
        assert (low, high) == ((0, 1) if name in "ifrzo" else (-np.abs(values).max(), np.abs(values).max()))
        assert f" {name} from {values.min():.2g} to {values.max():.2g}, mean {values.mean():.2g}" in picture.alt
    assert picture.alt.startswith("Heat maps of 5 units over 11 steps, 0 to 10.")


@pytest.mark.parametrize("steps", [1, 6])
def test_gates_lie_at_their_times(steps, rng):
    days = np.datetime64("1958-03-29") + 7 * np.arange(steps)
    picture = plots.gates(GRU(2, 1, seed=2).trace(rng.normal(size=(1, steps, 2))), times=days)
    edges = picture.figure.axes[0].collections[0].get_coordinates()[0, :, 0]
    np.testing.assert_allclose((edges[1:] + edges[:-1]) / 2, mpl.dates.date2num(days))
    assert pixels(picture).shape[2] == 4


def test_more_steps_than_pixels_are_drawn_as_means_of_neighbours():
    values = np.random.default_rng(0).uniform(-1, 1, (1, 10_000, 2))
    picture = plots.gates(trace(h=values), times=np.arange(10_000) / 4)
    mesh = picture.figure.axes[0].collections[0]
    drawn, edges = mesh.get_array(), mesh.get_coordinates()[0, :, 0]
    assert drawn.shape[1] == len(edges) - 1 < 1500 and (edges[0], edges[-1]) == (-0.125, 2499.875)
    steps = np.rint(np.diff(edges) * 4).astype(int)
    means = [block.mean(axis=0) for block in np.split(values[0], np.cumsum(steps)[:-1])]
    np.testing.assert_allclose(drawn, np.transpose(means))
    assert mesh.get_clim() == (-np.abs(values).max(), np.abs(values).max())


def trace(**fields):
    return type("Trace", (), fields)()


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((trace(),), TypeError, "trace is a Trace with none of the fields i, f"),
        ((trace(i=np.ones((2, 3, 4)), h=np.ones((2, 3, 5))),), ValueError, r"trace.h has shape \(2, 3, 5\)"),
        ((trace(h=np.ones((2, 3))),), ValueError, r"trace.h has shape \(2, 3\), wanted \(batch, time, hidden\)"),
        ((trace(h=np.full((1, 2, 3), np.nan)),), ValueError, r"trace.h has nan at \[0, 0, 0\]"),
        ((trace(h=np.ones((2, 3, 4))), None, 2), ValueError, "sequence is 2, this trace has sequences 0 to 1"),
        ((trace(h=np.ones((2, 3, 4))), ["a", "b", "c"]), TypeError, "times has dtype <U1"),
        ((trace(h=np.ones((2, 3, 4))), [0, 1]), ValueError, r"times has shape \(2,\), wanted \(time=3\)"),
    ],
)
def test_gates_refuse(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        plots.gates(*arguments)
