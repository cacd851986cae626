"""minGRU in PyTorch: its backward written by hand is that of a plain loop under autograd, however the data lie."""

import numpy as np
import pytest
import torch
from min_gru_cases import TOLERANCE, close, numbers, oracle

from rnn_course.cells import MinGRU
from rnn_course.models import min_gru
from rnn_course.models.min_gru import MinGRUTorch


def torch_pass(net, x, h_0, grad_h):
    x, h_0 = torch.from_numpy(x).requires_grad_(), torch.from_numpy(h_0)[None].requires_grad_()
    h, last = net(x, h_0)
    h.backward(torch.from_numpy(grad_h))
    return [v.detach().numpy() for v in (h, last[0], x.grad, h_0.grad[0], net.W_x.grad, net.b.grad)]


@pytest.mark.parametrize("method", ["scan", "loop"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("time", [1, 2, 7, 64, 4096])
def test_equals_autograd(time, dtype, method):
    cell = MinGRU(4, 5, dtype=dtype, seed=3, method=method)
    data = numbers(np.random.default_rng(time), 3, time, 4, 5, dtype)
    close(torch_pass(cell.to_torch(), *data), oracle(cell, *data), TOLERANCE[dtype])


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
    cell = MinGRU(4, 5, dtype=np.float32, seed=3)
    cell.b_z -= 5
    data = numbers(np.random.default_rng(1), 3, 4096, 4, 5, np.float32)
    close(torch_pass(cell.to_torch(), *data), oracle(cell, *data), 1e-5)


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


def test_bad_input():
    with pytest.raises(ValueError, match="x has 3 features, this MinGRUTorch was built for input_size=4"):
        MinGRUTorch(4, 5)(torch.ones(2, 6, 3))
    with pytest.raises(ValueError, match="h_0 has shape"):
        MinGRUTorch(4, 5)(torch.ones(2, 6, 4), torch.ones(2, 5))


def test_what_is_no_tensor_of_the_weights_dtype_is_refused():
    net, x, h_0 = MinGRUTorch(np.int64(4), np.int64(5)), torch.zeros(2, 3, 4), torch.zeros(1, 2, 5)
    for arguments, sentence in (
        ((x.double(),), "x is torch.float64, this model's weights are torch.float32"),
        ((x.numpy(),), "x is a ndarray, wanted a tensor of torch.float32"),
        ((x, h_0.double()), "h_0 is torch.float64, this model's weights are torch.float32"),
        ((x, h_0.numpy()), "h_0 is a ndarray, wanted a tensor of torch.float32"),
    ):
        with pytest.raises(TypeError, match=f"^{sentence}$"):
            net(*arguments)
