"""minGRU in NumPy: loop and scan give one answer, and it is that of a plain loop under autograd."""

import numpy as np
import pytest
from min_gru_cases import TOLERANCE, close, numbers, oracle

from rnn_course.cells import MinGRU


def numpy_pass(cell, x, h_0, grad_h, **how):
    h, last = cell.forward(x, h_0, **how)
    grads = cell.backward(grad_h)
    return [h, last, grads.x, grads.state, grads.parameters["W_x"], grads.parameters["b"]]


@pytest.mark.parametrize("method", ["scan", "loop"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("time", [1, 2, 7, 64, 4096])
def test_equals_autograd(time, dtype, method):
    cell = MinGRU(4, 5, dtype=dtype, seed=3, method=method)
    data = numbers(np.random.default_rng(time), 3, time, 4, 5, dtype)
    close(numpy_pass(cell, *data), oracle(cell, *data), TOLERANCE[dtype])


@pytest.mark.parametrize("reverse", [False, True])
def test_lengths_and_direction(reverse):
    cell = MinGRU(4, 5, seed=3)
    data = numbers(np.random.default_rng(0), 3, 11, 4, 5, np.float64)
    how = {"lengths": np.array([11, 1, 6]), "reverse": reverse}
    close(numpy_pass(cell, *data, **how), oracle(cell, *data, **how), 1e-12)


def test_gates_nearly_closed_lose_nothing():
    cell = MinGRU(4, 5, dtype=np.float32, seed=3)
    cell.b_z -= 5
    data = numbers(np.random.default_rng(1), 3, 4096, 4, 5, np.float32)
    close(numpy_pass(cell, *data), oracle(cell, *data), 1e-5)


def test_step_equals_forward_and_trace():
    cell = MinGRU(4, 5, seed=3)
    x, state, _ = numbers(np.random.default_rng(0), 3, 11, 4, 5, np.float64)
    h, last = cell.forward(x, state)
    trace = cell.trace(x, state)
    for t in range(11):
        h_t, state = cell.step(x[:, t], state)
        np.testing.assert_allclose(h_t, h[:, t], atol=1e-13)
    np.testing.assert_allclose(state, last, atol=1e-13)
    np.testing.assert_allclose(trace.h, h, atol=1e-13)
    np.testing.assert_allclose(trace.n, x @ cell.W_xn.T + cell.b_n, atol=1e-13)


def test_backward_twice_and_the_last_state():
    cell = MinGRU(4, 5, seed=3)
    x, state, _ = numbers(np.random.default_rng(0), 3, 11, 4, 5, np.float64)
    cell.forward(x, state)
    grad_h = np.zeros((3, 11, 5))
    grad_h[:, -1] = 1
    by_h = cell.backward(grad_h)
    by_state = cell.backward(None, np.ones((3, 5)))
    np.testing.assert_array_equal(by_h.x, by_state.x)
    np.testing.assert_array_equal(by_h.parameters["W_x"], by_state.parameters["W_x"])


def test_bad_input():
    with pytest.raises(ValueError, match="x has 3 features, this MinGRU was built for input_size=4"):
        MinGRU(4, 5).forward(np.ones((2, 6, 3)))
    with pytest.raises(ValueError, match="method is 'fast'"):
        MinGRU(4, 5, method="fast")
    with pytest.raises(AttributeError, match="no W_h"):
        _ = MinGRU(4, 5).W_h
