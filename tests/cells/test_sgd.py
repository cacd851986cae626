"""Gradient descent against torch's, and a NumPy network that learns by it."""

import numpy as np
import pytest
import torch

from rnn_course.cells import SGD, Readout, SimpleRNN, clip_norm


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sgd_equals_torch(dtype):
    rng = np.random.default_rng(5)
    parameters = {"w": rng.normal(size=(3, 4)).astype(dtype), "b": rng.normal(size=5).astype(dtype)}
    leaves = [torch.tensor(value, requires_grad=True) for value in parameters.values()]
    theirs, ours = torch.optim.SGD(leaves, lr=0.07), SGD(parameters, learning_rate=0.07)
    for _ in range(6):
        grads = {name: rng.normal(size=value.shape).astype(dtype) for name, value in parameters.items()}
        for leaf, grad in zip(leaves, grads.values(), strict=True):
            leaf.grad = torch.from_numpy(grad.copy())
        theirs.step()
        ours.step(grads)
    for leaf, value in zip(leaves, parameters.values(), strict=True):
        assert value.dtype == dtype
        np.testing.assert_allclose(value, leaf.detach(), rtol=1e-5 if dtype == "float32" else 1e-12)
    assert ours.t == 6


def test_a_cell_and_a_readout_learn_by_descent():
    """The arrays of the network itself change, and a sine is forecast."""
    x = np.sin(0.3 * np.arange(120))[None, :, None]
    cell, readout = SimpleRNN(1, 8, seed=1), Readout(8, 1, seed=2)
    sgd, losses = SGD({**cell.parameters, **readout.parameters}, learning_rate=0.1), []
    for _ in range(200):
        h, _ = cell.forward(x[:, :-1])
        loss, grads = readout.loss(h, x[:, 1:])
        losses.append(loss)
        sgd.step(clip_norm({**cell.backward(grads.h).parameters, **grads.parameters}, 1.0)[0])
    assert losses[-1] < 0.1 * losses[0]
