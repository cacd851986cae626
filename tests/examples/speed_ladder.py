"""Ladders of made-up records."""

import numpy as np
from explorables import put

from rnn_course.widgets import SpeedLadder

RUNGS = [  # rung, model, dtype
    ("tutorial", "LSTM", "float32"),
    ("numpy_cell", "LSTM", "float32"),
    ("cell_loop", "LSTM", "float32"),
    ("fused_loop", "LSTM", "float32"),
    ("cuda_graph", "LSTM", "float32"),
    ("nn_lstm", "LSTM", "float32"),
    ("nn_lstm_f64", "LSTM", "float64"),
    ("a rung of the reader's own", "LSTM", "bfloat16"),
    ("mingru_scan", "minGRU", "float32"),
]


SHAPES = [(1, 100, 32), (1, 100, 64), (16, 100, 64), (64, 100, 64), (16, 900, 64)]  # batch, time, hidden


def a_record(seed=0, kind="cpu", limit=True, skip=("cuda_graph",)):
    """A made-up record, which says so."""
    rng = np.random.default_rng(seed)
    results = []
    for batch, time, hidden in SHAPES:
        size = {"batch": batch, "time": time, "input": hidden, "hidden": hidden}
        for k, (rung, model, dtype) in enumerate(RUNGS):
            median = float(np.exp(rng.normal(-2 - 0.6 * k, 0.4))) * batch**0.3
            result = {"rung": rung, "model": model, "dtype": dtype, **size, "repeats": 7, "error": 1e-6 * (k + 1)}
            if rung in skip:
                nothing = {"median": None, "low": None, "high": None, "error": None, "repeats": 0}
                results.append({**result, **nothing, "skipped": "a CUDA graph needs a GPU"})
                continue
            low, high = median * rng.uniform(0.7, 0.95), median * rng.uniform(1.05, 1.5)
            results.append({**result, "median": median, "low": low, "high": high, "skipped": None})
    return {
        "command": "made up for a test",
        "date": "2001-02-03",
        "machine": "none",
        "device": {"kind": kind, "name": f"device {seed}", "driver": "driver 1.2" if kind == "cuda" else None},
        "versions": {"torch": "0"},
        "settings": {"threads": 1},
        **({"limits": {"product": {"float32": 7e10, "float64": 3e10}, "copy": 1e10, "call": 1e-6}} if limit else {}),
        "results": results,
    }


def an_explorer(seed=0, limit=True, devices=1, **controls):
    kinds = ("cpu", "cuda")
    records = {f"Machine {k}": a_record(seed + k, kinds[k % 2], limit) for k in range(devices)}
    return put(SpeedLadder(records), controls)


CUT_OFF = [{}, {"marked": 5, "scale": "log"}, {"time": 100, "batch": 64, "devices": 2, "device": 1}]
CONTRAST = [{"marked": 4}, {"scale": "log"}]
TAB = [({}, 14)]
LEAST = {"labels": 2, "texts": 40, "lines": 20}
