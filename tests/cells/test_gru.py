"""What is the GRU's alone: the dialect that resets before the product, which torch.nn does not have, and its trace."""

import numpy as np
import pytest
import torch
from cell_kinds import close, make, refused
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_oracle import through_steps

from rnn_course.cells import GRU


def reset_before(x, h, p):
    """h_t of a GRU that resets before the product, in torch."""
    W_x, W_h, b = (p[name].split(h.shape[1]) for name in ("W_x", "W_h", "b"))
    r = torch.sigmoid(x @ W_x[0].T + h @ W_h[0].T + b[0])
    z = torch.sigmoid(x @ W_x[1].T + h @ W_h[1].T + b[1])
    n = torch.tanh(x @ W_x[2].T + b[2] + (r * h) @ W_h[2].T)
    return (1 - z) * n + z * h


@settings(max_examples=500, deadline=None, derandomize=True)
@given(shape=st.lists(st.integers(1, 9), min_size=4, max_size=4, unique=True), seed=st.integers(0, 10**6))
def test_reset_before_equals_autograd(shape, seed):
    batch, time, inputs, hidden = shape
    rng = np.random.default_rng(seed)
    cell = GRU(inputs, hidden, reset_after=False, seed=rng)
    x, first = rng.normal(size=(batch, time, inputs)), rng.normal(size=(batch, hidden))
    h, last = cell.forward(x, first)
    grad_h, grad_last = rng.normal(size=h.shape), rng.normal(size=last.shape)
    grads = cell.backward(grad_h, grad_last)

    wanted = through_steps(reset_before, cell.parameters, x, first, grad_h, grad_last)
    close(h, wanted.h, "h")
    close(grads.x, wanted.x, "grads.x")
    close(grads.state, wanted.first[0], "grads.state")
    assert grads.parameters.keys() == wanted.parameters.keys()
    for name, want in wanted.parameters.items():
        close(grads.parameters[name], want, name)


@pytest.mark.parametrize("kind", ["gru", "gru before"])
def test_the_trace_obeys_the_last_equation(kind):
    trace = make(kind).trace(np.random.default_rng(5).normal(size=(2, 6, 3)))
    h_before = np.concatenate([np.zeros((2, 1, 5)), trace.h[:, :-1]], axis=1)
    close(trace.h, (1 - trace.z) * trace.n + trace.z * h_before, "h")


def test_another_dialect_is_refused_and_the_dtype_keeps_its_place():
    refused(lambda: GRU(3, 4, reset_after="no"), ValueError, "reset_after is 'no', it must be one of False, True")
    assert GRU(3, 4, np.float32).dtype == np.float32
