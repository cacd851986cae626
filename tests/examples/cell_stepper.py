"""Steppers of cells with random weights."""

import numpy as np
from explorables import put

from rnn_course.cells import GRU, LSTM, SimpleRNN
from rnn_course.widgets import CellStepper

KINDS = {
    "LSTM": LSTM,
    "GRU, reset after": GRU,
    "GRU, reset before": lambda *sizes, seed: GRU(*sizes, seed=seed, reset_after=False),
    "Simple RNN, tanh": SimpleRNN,
    "Simple RNN, relu": lambda *sizes, seed: SimpleRNN(*sizes, seed=seed, nonlinearity="relu"),
}


def an_explorer(input_size=2, hidden=3, steps=5, seed=0, cells=tuple(KINDS), **controls):
    rng = np.random.default_rng(seed)
    made = [KINDS[name](input_size, hidden, seed=seed) for name in cells]
    for cell in made:
        for values in cell.parameters.values():
            values[...] = 0.8 * rng.normal(size=values.shape)
    return put(CellStepper(made, rng.normal(size=(steps, input_size)), rng.normal(size=hidden)), controls)


WIDEST = [  # equations of each cell: cell, direction, equation
    (0, "forward", 0),
    (0, "backward", 1),
    (0, "backward", 7),
    (0, "backward", 99),
    (1, "forward", 3),
    (1, "backward", 7),
    (2, "forward", 3),
    (2, "backward", 99),
    (3, "forward", 0),
]
SIZES = {"input_size": 3, "hidden": 4, "steps": 8, "step": 3, "hide": True, "unit": 3}
CUT_OFF = [{**SIZES, "cell": cell, "direction": way, "equation": equation} for cell, way, equation in WIDEST]
CONTRAST = [{"equation": 2}, {"direction": "backward", "equation": 7, "hide": True}]
TAB = [({"hide": True}, 16)]
LEAST = {"labels": 10, "texts": 50, "lines": 7}
