"""The NumPy cells, forward and backward in float32, against PyTorch's, a tutorial's, and one large matrix product."""

import tracemalloc

import numpy as np
import torch

from benchmarks.harness import Row, medians
from benchmarks.rivals import CellLoop, torch_pass
from rnn_course.cells import GRU, LSTM, SimpleRNN
from rnn_course.speed import work
from rnn_course.speed.tutorial import TutorialLSTM

SHAPES = {  # batch, time, input, hidden
    "S": (16, 50, 16, 32),
    "A": (32, 100, 64, 128),
    "B": (64, 200, 128, 256),
    "C": (1, 1000, 32, 64),
}
GOALS = {
    "LSTM to nn.LSTM": {"S": 0.90, "A": 0.55, "B": 0.78, "C": 0.42},
    "LSTM to a tutorial's": {"S": 2.8, "A": 1.25, "B": 1.0, "C": 8.5},
    "LSTM to a loop of nn.LSTMCell": {"S": 5, "A": 1.8, "C": 16},
    "GRU to nn.GRU": {"A": 1.5, "C": 9},
    "SimpleRNN to nn.RNN": {"A": 2.0, "C": 10},
    "LSTM's share of one large product's rate": {"B": 0.80},
}
SECONDS = {"S": 4, "A": 12, "B": 40, "C": 20}


def cell_pass(cell, x, grad_h):
    """A call that runs a cell forward and backward."""

    def run():
        cell.forward(x)
        cell.backward(grad_h)

    return run


def candidates(batch, time, inputs, hidden):
    """Every network of one shape, as calls that run it forward and backward."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, time, inputs)).astype(np.float32)
    grad_h = rng.normal(size=(batch, time, hidden)).astype(np.float32)
    tutorial = TutorialLSTM(inputs, hidden, rng)
    square = rng.normal(size=(1536, 1536)).astype(np.float32)
    calls = {
        "large product": lambda: square @ square,
        "a tutorial's": cell_pass(tutorial, x, grad_h),
        "a loop of nn.LSTMCell": torch_pass(CellLoop(inputs, hidden), x, grad_h),
    }
    for cell, module in ((LSTM, torch.nn.LSTM), (GRU, torch.nn.GRU), (SimpleRNN, torch.nn.RNN)):
        calls[cell.__name__] = cell_pass(cell(inputs, hidden, dtype=np.float32), x, grad_h)
        calls[f"nn.{module.__name__}"] = torch_pass(module(inputs, hidden, batch_first=True), x, grad_h)
    return calls


def wanted(shape):
    """The names of the candidates that the goals of this shape need."""
    names = set()
    for claim, goals in GOALS.items():
        if shape in goals:
            names |= {"LSTM", "large product"} if "share" in claim else set(claim.split(" to "))
    return names


def rows():
    """Measure every claim of `GOALS`."""
    found = []
    for shape, (batch, time, inputs, hidden) in SHAPES.items():
        calls = {n: call for n, call in candidates(batch, time, inputs, hidden).items() if n in wanted(shape)}
        seconds = medians(calls, SECONDS[shape])
        for claim, goals in GOALS.items():
            if shape not in goals:
                continue
            if "share" in claim:
                flops = work((batch, time, inputs, hidden))
                ratio = flops / seconds["LSTM"] / (2 * 1536**3 / seconds["large product"])
                detail = f"{flops / seconds['LSTM'] / 1e9:.0f} GFLOP/s"
            else:
                ours, theirs = claim.split(" to ")
                ratio = seconds[theirs] / seconds[ours]
                detail = f"{1e3 * seconds[ours]:.2f} ms to {1e3 * seconds[theirs]:.2f} ms"
            found.append(Row(f"{shape}: {claim}", ratio, goals[shape], detail))
    return found


def stepwise():
    """How many times as long a walk through `equations` and `step_back` takes as the fast walk of the same LSTM."""
    found = []
    for shape, (batch, time, inputs, hidden) in SHAPES.items():
        rng, calls = np.random.default_rng(0), {}
        x, grad_h = (rng.normal(size=(batch, time, size)).astype(np.float32) for size in (inputs, hidden))
        for name in ("fast", "step by step"):
            cell = LSTM(inputs, hidden, dtype=np.float32)
            if name == "step by step":
                cell.fast = None
            calls[name] = cell_pass(cell, x, grad_h)
        seconds = medians(calls, seconds=2)
        found.append(f"{shape} {seconds['step by step'] / seconds['fast']:.1f}")
    return f"LSTM walked step by step, times as long as its fast walk: {', '.join(found)}"


def notes():
    """The price of a walk step by step, and the LSTM's peak memory at shape B, forward and backward, by length."""
    batch, _, inputs, hidden = SHAPES["B"]
    lines = [stepwise()]
    for time in (100, 200, 400):
        x, grad_h = np.ones((batch, time, inputs), np.float32), np.ones((batch, time, hidden), np.float32)
        tracemalloc.start()
        cell_pass(LSTM(inputs, hidden, dtype=np.float32), x, grad_h)()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        lines.append(f"peak memory of LSTM forward and backward, shape B with {time} steps: {peak / 2**20:.0f} MiB")
    return lines
