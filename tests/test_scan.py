"""minGRU: loop and scan, NumPy and PyTorch give one answer, and it is that of a plain loop under autograd."""

import numpy as np
import pytest
import torch

from rnn_course.cells import MinGRU
from rnn_course.models import min_gru
from rnn_course.models.min_gru import MinGRUTorch

TOLERANCE = {np.float32: 1e-5, np.float64: 1e-12}


def oracle(cell, x, h_0, grad_h, lengths=None, reverse=False):
    """h, the last state and all gradients, by torch.autograd through the equations."""
    x, h_0, W_x, b = (torch.tensor(v, requires_grad=True) for v in (x, h_0, cell.W_x, cell.b))
    batch, time, _ = x.shape
    lengths = torch.tensor(np.full(batch, time) if lengths is None else lengths)
    P_z, P_n = (x @ W_x.T + b).chunk(2, 2)
    h, outputs = h_0, [None] * time
    for t in reversed(range(time)) if reverse else range(time):
        z = torch.sigmoid(P_z[:, t])
        alive = (t < lengths)[:, None]
        h = torch.where(alive, (1 - z) * h + z * P_n[:, t], h)
        outputs[t] = torch.where(alive, h, 0)
    outputs = torch.stack(outputs, 1)
    (outputs * torch.from_numpy(grad_h)).sum().backward()
    return [v.detach().numpy() for v in (outputs, h)] + [v.grad.numpy() for v in (x, h_0, W_x, b)]


def numbers(rng, batch, time, inputs, hidden, dtype):
    return [rng.normal(size=s).astype(dtype) for s in ((batch, time, inputs), (batch, hidden), (batch, time, hidden))]


def numpy_pass(cell, x, h_0, grad_h, **how):
    h, last = cell.forward(x, h_0, **how)
    grads = cell.backward(grad_h)
    return [h, last, grads.x, grads.state, grads.parameters["W_x"], grads.parameters["b"]]


def torch_pass(net, x, h_0, grad_h):
    x, h_0 = torch.from_numpy(x).requires_grad_(), torch.from_numpy(h_0)[None].requires_grad_()
    h, last = net(x, h_0)
    h.backward(torch.from_numpy(grad_h))
    return [v.detach().numpy() for v in (h, last[0], x.grad, h_0.grad[0], net.W_x.grad, net.b.grad)]


def close(found, wanted, tolerance):
    for f, w in zip(found, wanted, strict=True):
        assert f.shape == w.shape
        assert np.abs(f - w).max() <= tolerance * max(1, np.abs(w).max())


@pytest.mark.parametrize("method", ["scan", "loop"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("time", [1, 2, 7, 64, 4096])
def test_equals_autograd(time, dtype, method):
    rng = np.random.default_rng(time)
    cell = MinGRU(4, 5, dtype=dtype, seed=3, method=method)
    data = numbers(rng, 3, time, 4, 5, dtype)
    wanted = oracle(cell, *data)
    close(numpy_pass(cell, *data), wanted, TOLERANCE[dtype])
    close(torch_pass(cell.to_torch(), *data), wanted, TOLERANCE[dtype])


@pytest.mark.parametrize("reverse", [False, True])
def test_lengths_and_direction(reverse):
    cell = MinGRU(4, 5, seed=3)
    data = numbers(np.random.default_rng(0), 3, 11, 4, 5, np.float64)
    how = {"lengths": np.array([11, 1, 6]), "reverse": reverse}
    close(numpy_pass(cell, *data, **how), oracle(cell, *data, **how), 1e-12)


@pytest.mark.parametrize("batch", [1, 2, 3, 5])
@pytest.mark.parametrize("method", ["scan", "loop"])
def test_a_few_sequences_at_a_time(monkeypatch, batch, method):
    """Two sequences of 27 steps of 5 float64 numbers a part; 27 steps are five blocks of five and two left over."""
    monkeypatch.setattr(min_gru, "PART_BYTES", 2 * 27 * 5 * 8)
    assert len(min_gru._parts(torch.zeros(batch, 27, 4, dtype=torch.float64), 5)) == (batch + 1) // 2
    cell = MinGRU(4, 5, seed=3, method=method)
    data = numbers(np.random.default_rng(0), batch, 27, 4, 5, np.float64)
    close(torch_pass(cell.to_torch(), *data), oracle(cell, *data), 1e-12)


def test_gates_nearly_closed_lose_nothing():
    cell, exact = MinGRU(4, 5, dtype=np.float32, seed=3), MinGRU(4, 5, seed=3)
    cell.b_z -= 5
    exact.W_x, exact.b = cell.W_x, cell.b
    data = numbers(np.random.default_rng(1), 3, 4096, 4, 5, np.float32)
    wanted = oracle(exact, *(v.astype(np.float64) for v in data))
    close(torch_pass(cell.to_torch(), *data), wanted, 1e-5)
    close(numpy_pass(cell, *data), wanted, 1e-5)


def test_arrays_that_do_not_lie_in_one_piece():
    cell = MinGRU(4, 5, seed=3)
    x, h_0, grad_h = numbers(np.random.default_rng(0), 3, 11, 4, 5, np.float64)
    wanted = oracle(cell, x, h_0, grad_h)
    turned = (np.array(v.swapaxes(0, 1), order="C").swapaxes(0, 1) for v in (x, grad_h))  # time first in memory
    x, grad_h = turned
    close(torch_pass(cell.to_torch(), x, h_0, grad_h), wanted, 1e-12)


def test_the_last_state_alone_has_a_gradient():
    cell = MinGRU(4, 5, seed=3)
    x, h_0, _ = numbers(np.random.default_rng(0), 3, 11, 4, 5, np.float64)
    net, leaf = cell.to_torch(), torch.from_numpy(x).requires_grad_()
    net(leaf, torch.from_numpy(h_0)[None])[1].sum().backward()
    grad_h = np.zeros((3, 11, 5))
    grad_h[:, -1] = 1
    close([leaf.grad.numpy()], [oracle(cell, x, h_0, grad_h)[2]], 1e-12)


def test_data_without_a_gradient():
    """x as data are, with no gradient: the weights' are the same."""
    cell = MinGRU(4, 5, seed=3)
    x, h_0, grad_h = numbers(np.random.default_rng(0), 3, 11, 4, 5, np.float64)
    net = cell.to_torch()
    net(torch.from_numpy(x), torch.from_numpy(h_0)[None])[0].backward(torch.from_numpy(grad_h))
    close([net.W_x.grad.numpy(), net.b.grad.numpy()], oracle(cell, x, h_0, grad_h)[4:], 1e-12)


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
    with pytest.raises(ValueError, match="x has 3 features, this MinGRUTorch was built for input_size=4"):
        MinGRUTorch(4, 5)(torch.ones(2, 6, 3))
    with pytest.raises(ValueError, match="h_0 has shape"):
        MinGRUTorch(4, 5)(torch.ones(2, 6, 4), torch.ones(2, 5))
    with pytest.raises(ValueError, match="method is 'fast'"):
        MinGRU(4, 5, method="fast")
    with pytest.raises(AttributeError, match="no W_h"):
        _ = MinGRU(4, 5).W_h
