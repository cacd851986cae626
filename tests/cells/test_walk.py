"""The default walk, through any cell's `equations` and `step_back`: against torch.nn, and against slopes."""

import numpy as np
import pytest
from cell_kinds import TORCH, arrays, close, random_like, random_torch, refused
from learners_cells import CELLS
from torch_oracle import through_module

from rnn_course.cells import LSTM, Stack
from rnn_course.cells.walk import Walk, padding


@pytest.mark.parametrize("kind", TORCH)
@pytest.mark.parametrize("lengths", [None, [5, 1, 3]])
def test_it_equals_torch_forward_and_backward(kind, lengths):
    rng = np.random.default_rng(1)
    module = random_torch(kind, rng, 3, 4)
    cell, x = Stack.from_torch(module).layers[0], rng.normal(size=(3, 5, 3))
    cell.fast = None
    state = random_like(cell.forward(x)[1], rng)
    h, last = cell.forward(x, state, lengths)
    assert type(cell._last) is Walk
    grad_h, grad_last = rng.normal(size=h.shape), random_like(last, rng)
    grads = cell.backward(grad_h, grad_last)
    wanted = through_module(module, x, arrays(state), grad_h, arrays(grad_last), lengths)
    close(h, wanted.h, "h")
    close(grads.x, wanted.x, "grads.x")
    for got, want in zip(arrays(last) + arrays(grads.state), wanted.last + wanted.first, strict=True):
        close(got, want, "states")
    assert wanted.parameters.keys() == {f"0.{name}" for name in grads.parameters}
    for name, got in grads.parameters.items():
        close(got, wanted.parameters[f"0.{name}"], name)


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("array", ["x", "first state", "parameters"])
@pytest.mark.parametrize("reverse", [False, True])
def test_with_lengths_and_both_ways_the_gradients_are_the_slopes(kind, array, reverse):
    """Central differences along a random direction, over sequences of different lengths."""
    rng = np.random.default_rng(2)
    cell, x, lengths = kind(3, 4, seed=3), rng.normal(size=(3, 5, 3)), np.array([5, 1, 3])
    first = random_like(cell.forward(x)[1], rng)
    h, last = cell.forward(x, first, lengths, reverse)
    grad_h, grad_last = rng.normal(size=h.shape), random_like(last, rng)
    grads = cell.backward(grad_h, grad_last)
    pairs = {
        "x": [(x, grads.x)],
        "first state": list(zip(arrays(first), arrays(grads.state), strict=True)),
        "parameters": [(value, grads.parameters[name]) for name, value in cell.parameters.items()],
    }[array]
    ways = [rng.normal(size=value.shape) for value, _ in pairs]

    def loss(width):
        for (value, _), way in zip(pairs, ways, strict=True):
            value += width * way
        h, last = cell.forward(x, first, lengths, reverse)
        for (value, _), way in zip(pairs, ways, strict=True):
            value -= width * way
        return (h * grad_h).sum() + sum((a * b).sum() for a, b in zip(arrays(last), arrays(grad_last), strict=True))

    slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
    assert abs(slope - sum((grad * way).sum() for (_, grad), way in zip(pairs, ways, strict=True))) < 1e-7


def test_padding_is_what_lies_beyond_each_length():
    assert padding([2, 4, 1], 3, 4).tolist() == [
        [False, False, True, True],
        [False, False, False, False],
        [False, True, True, True],
    ]
    assert padding([4, 4, 4], 3, 4) is None and padding(None, 3, 4) is None


def test_lengths_that_cannot_be_are_refused():
    cell, x = LSTM(4, 5), np.ones((2, 6, 4))
    sentence = "lengths[1] is 7, x has 6 steps: it must be from 1 to 6"
    refused(lambda: cell.forward(x, lengths=[6, 7]), ValueError, sentence)
    refused(lambda: cell.forward(x, lengths=[0, 6]), ValueError, "lengths[0] is 0")
    refused(lambda: cell.forward(x, lengths=[6]), ValueError, "lengths has shape (1,), wanted (batch=2,)")
    refused(lambda: cell.forward(x, lengths=[6.0, 5.0]), TypeError, "lengths has dtype float64")
