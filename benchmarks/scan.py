"""minGRU by a blocked scan, forward and backward in float32, against PyTorch's LSTM and GRU over 4096 steps."""

import numpy as np
import torch

from benchmarks.harness import Row, medians
from benchmarks.rivals import torch_pass
from rnn_course.models.min_gru import MinGRUTorch

TIME, SIZE = 4096, 64
GOALS = {1: {"nn.LSTM": 2.2, "nn.GRU": 55}, 16: {"nn.LSTM": 4.5, "nn.GRU": 11}}
SECONDS = 6


def rows():
    """Measure every claim of `GOALS`."""
    found = []
    for batch, goals in GOALS.items():
        rng = np.random.default_rng(0)
        x, grad_h = (rng.normal(size=(batch, TIME, SIZE)).astype(np.float32) for _ in range(2))
        nets = {"minGRU": MinGRUTorch(SIZE, SIZE)}
        nets |= {f"nn.{kind}": getattr(torch.nn, kind)(SIZE, SIZE, batch_first=True) for kind in ("LSTM", "GRU")}
        for theirs, goal in goals.items():
            calls = {name: torch_pass(nets[name], x, grad_h) for name in ("minGRU", theirs)}
            seconds = medians(calls, SECONDS)
            detail = f"{1e3 * seconds['minGRU']:.2f} ms to {1e3 * seconds[theirs]:.2f} ms"
            ratio = seconds[theirs] / seconds["minGRU"]
            found.append(Row(f"batch {batch}, {TIME} steps: minGRU to {theirs}", ratio, goal, detail))
    return found
