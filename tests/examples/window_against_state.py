"""Windows and networks with random weights."""

import numpy as np

from rnn_course.cells import Readout, SimpleRNN
from rnn_course.widgets import WindowAgainstState


def an_explorer(hidden=3, steps=20, windows=7, seed=0, nonlinearity="tanh", truth=True, **arguments):
    rng = np.random.default_rng(seed)
    cell = SimpleRNN(1, hidden, seed=seed, nonlinearity=nonlinearity)
    for values in cell.parameters.values():
        values[...] = 0.7 * rng.normal(size=values.shape)
    readout = Readout(hidden, 1, seed=seed)
    readout.b_y = rng.normal(size=1)
    x = rng.normal(size=(steps, 1))
    rules = [rng.normal(size=w + 1) for w in range(1, windows + 1)]
    arguments = {"window": min(3, windows), "event_step": min(5, steps), **arguments}
    return WindowAgainstState(cell, readout, x, rules, truth=rng.normal(size=steps) if truth else None, **arguments)


def _named(steps):
    times = [f"year {year}" for year in range(1700, 1700 + steps)]
    return {"steps": steps, "windows": min(steps, 22), "times": times, "name": "sunspots, in standard deviations"}


CUT_OFF = [_named(1), _named(12), _named(300)]
CONTRAST = [{}]
TAB = [({}, 10)]
LEAST = {"labels": 4 * 2, "texts": 40, "lines": 9}
