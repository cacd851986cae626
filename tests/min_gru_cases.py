"""What the tests of both minGRUs share: the recurrence written out in torch as their oracle, and data for it."""

import numpy as np
import torch
from torch_oracle import through_steps

TOLERANCE = {np.float32: 1e-5, np.float64: 1e-12}


def min_gru(x, h, p):
    """h_t of a minGRU, in torch."""
    a_z, n = (x @ p["W_x"].T + p["b"]).chunk(2, 1)
    z = torch.sigmoid(a_z)
    return (1 - z) * h + z * n


def oracle(cell, x, h_0, grad_h, **how):
    """h, the last state and all gradients, in float64 whatever the cell computes in."""
    parameters, x, h_0, grad_h = (
        {name: value.astype(float) for name, value in cell.parameters.items()},
        *(value.astype(float) for value in (x, h_0, grad_h)),
    )
    found = through_steps(min_gru, parameters, x, h_0, grad_h, **how)
    return [found.h, *found.last, found.x, *found.first, found.parameters["W_x"], found.parameters["b"]]


def numbers(rng, batch, time, inputs, hidden, dtype):
    return [rng.normal(size=s).astype(dtype) for s in ((batch, time, inputs), (batch, hidden), (batch, time, hidden))]


def close(found, wanted, tolerance):
    for f, w in zip(found, wanted, strict=True):
        assert f.shape == w.shape
        assert np.abs(f - w).max() <= tolerance * max(1, np.abs(w).max())
