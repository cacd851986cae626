"""What is the simple RNN's alone: its trace, its nonlinearity, and where it explodes."""

import numpy as np
import pytest
from cell_kinds import close, make, refused

from rnn_course.cells import SimpleRNN


@pytest.mark.parametrize(("kind", "phi"), [("tanh", np.tanh), ("relu", lambda a: np.maximum(a, 0))])
def test_the_trace_obeys_the_equation(kind, phi):
    x = np.random.default_rng(5).normal(size=(2, 6, 3))
    trace = make(kind).trace(x)
    close(trace.h, phi(trace.a), "h")


def test_a_relu_network_that_explodes_says_where():
    cell = SimpleRNN(2, 3, np.float32, nonlinearity="relu")
    cell.W_h = np.full((3, 3), 1e15, np.float32)
    cell.b = np.ones(3, np.float32)
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(FloatingPointError, match="from step 3 of the walk"),
    ):
        cell.forward(np.ones((1, 9, 2), np.float32))


def test_another_nonlinearity_is_refused():
    sentence = "nonlinearity is 'gelu', it must be one of 'tanh', 'relu'"
    refused(lambda: SimpleRNN(4, 5, nonlinearity="gelu"), ValueError, sentence)
