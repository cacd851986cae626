"""Gate explorers of random weights."""

import numpy as np

from rnn_course.cells import GRU, LSTM, Readout
from rnn_course.widgets import GateExplorer


def an_explorer(input_size=3, hidden=5, output=2, steps=40, scale=1, seed=0, gru=None, gru_hidden=4, **arguments):
    """Random weights; `gru` is "after" or "before" for a GRU beside the LSTM that resets so."""
    rng = np.random.default_rng(seed)
    cell = LSTM(input_size, hidden, seed=seed)
    for values in cell.parameters.values():
        values[...] = rng.normal(size=values.shape)
    readout = Readout(hidden, output, seed=seed)
    x = scale * rng.normal(size=(steps, input_size))
    if gru:
        other = GRU(input_size, gru_hidden, seed=seed, reset_after=gru == "after")
        for values in other.parameters.values():
            values[...] = rng.normal(size=values.shape)
        arguments |= {"gru": other, "gru_readout": Readout(gru_hidden, output, seed=seed + 1)}
    return GateExplorer(cell, x, **{"readout": readout, "unit": hidden // 2, **arguments})


def _timed(steps, **arguments):
    times = np.datetime64("2013-01-01T00") + np.arange(steps) * np.timedelta64(7, "h")
    names = ["temperature at Newark airport", "dew point", "pressure"]
    truth = np.ones((steps, 2))
    return {"hidden": 32, "steps": steps, "times": times, "truth": truth, "names": names, **arguments}


CUT_OFF = [_timed(1), _timed(5, gru="before"), _timed(400), _timed(400, gru="after")]
CONTRAST = [{"truth": np.ones((40, 2)), "gru": gru} for gru in (None, "after")]
TAB = [({"gru": None}, 28), ({"gru": "after"}, 31)]
LEAST = {"labels": 9 * 2, "texts": 60, "lines": 20}
