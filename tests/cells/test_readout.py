"""The readout and its losses against torch.nn.Linear and torch's own losses."""

import numpy as np
import torch
from cell_kinds import close, refused
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.cells import Readout


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    shape=st.lists(st.integers(2, 7), min_size=4, max_size=4, unique=True),
    activation=st.sampled_from(["identity", "sigmoid", "softmax"]),
    with_lengths=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_readout_and_its_losses_equal_torch(shape, activation, with_lengths, seed):
    batch, time, hidden, outputs = shape
    rng = np.random.default_rng(seed)
    readout = Readout(hidden, outputs, activation, seed=rng)
    linear, h = readout.to_torch(), rng.normal(size=(batch, time, hidden))
    lengths = rng.integers(1, time + 1, batch) if with_lengths else None
    counts = torch.arange(time) < torch.tensor(np.full(batch, time) if lengths is None else lengths)[:, None]
    h_torch = torch.tensor(h, requires_grad=True)
    a = linear(h_torch)
    F = torch.nn.functional
    if activation == "softmax":
        target = rng.integers(0, outputs, (batch, time))
        want, y = F.cross_entropy(a[counts], torch.from_numpy(target)[counts]), a.softmax(-1)
    else:
        target = rng.uniform(size=(batch, time, outputs))
        pair = a[counts], torch.from_numpy(target)[counts]
        N = int(counts.sum())
        if activation == "identity":
            want, y = 0.5 * F.mse_loss(*pair, reduction="sum") / N, a
        else:
            want, y = F.binary_cross_entropy_with_logits(*pair, reduction="sum") / N, a.sigmoid()
    loss, grads = readout.loss(h, target, lengths)
    want.backward(retain_graph=True)
    assert abs(loss - want.item()) < 1e-12
    close(grads.h, h_torch.grad, "grads.h")
    close(grads.parameters["W_hy"], linear.weight.grad, "W_hy")
    close(grads.parameters["b_y"], linear.bias.grad, "b_y")

    close(readout.forward(h), y, "y")
    grad_y = rng.normal(size=y.shape)
    grads = readout.backward(grad_y)
    for leaf in (h_torch, linear.weight, linear.bias):
        leaf.grad = None
    y.backward(torch.from_numpy(grad_y))
    close(grads.h, h_torch.grad, "grads.h of backward")
    close(grads.parameters["W_hy"], linear.weight.grad, "W_hy of backward")
    close(grads.parameters["b_y"], linear.bias.grad, "b_y of backward")
    again = Readout.from_torch(linear, activation)
    assert (again.forward(h) == readout.forward(h)).all()


def test_readout_refuses_bad_input():
    readout, h = Readout(4, 3, "softmax"), np.ones((2, 5, 4))
    refused(lambda: Readout(4, 3, "tanh"), ValueError, "activation is 'tanh'")
    refused(
        lambda: readout.forward(np.ones((2, 5, 3))),
        ValueError,
        "h has 3 units, this Readout was built for hidden_size=4",
    )
    refused(lambda: readout.forward(np.ones(4)), ValueError, "h has shape (4,)")
    refused(lambda: Readout(4, 3).backward(np.ones((2, 3))), RuntimeError, "backward needs a forward before it")
    refused(lambda: readout.loss(h, np.zeros((2, 5))), TypeError, "classes are whole numbers")
    refused(lambda: readout.loss(h, np.full((2, 5), 3)), ValueError, "target runs from 3 to 3, it must lie from 0 to 2")
    refused(
        lambda: readout.loss(h, np.zeros((2, 4), int)),
        ValueError,
        "target has shape (2, 4), this softmax Readout wants",
    )
    refused(lambda: readout.loss(h[:, 0], np.zeros(2, int), [1, 1]), ValueError, "lengths goes with h of shape")


def test_readout_takes_nothing_that_is_no_finite_real_number():
    readout = Readout(4, 2)
    readout.forward(np.ones((3, 4)))
    refused(lambda: readout.backward(np.full((3, 2), np.nan)), ValueError, "grad_y has nan at [0, 0]")
    refused(lambda: readout.loss(np.ones((3, 4)), np.ones((3, 2)) * 1j), TypeError, "target has dtype complex128")
    refused(lambda: readout.loss(np.ones((0, 4)), np.ones((0, 2))), ValueError, "none of them empty")
