"""To PyTorch and back: the same numbers, the same weights, and what has no equal there."""

import numpy as np
import pytest
import torch
from cell_kinds import TORCH, close, make, refused

from rnn_course.cells import GRU, LSTM, Bidirectional, Stack


@pytest.mark.parametrize("kind", TORCH)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_to_torch_and_back(kind, dtype):
    rng = np.random.default_rng(10)
    cell = make(kind, dtype=dtype)
    module = cell.to_torch()
    x = rng.normal(size=(2, 6, 3)).astype(dtype)
    np.testing.assert_allclose(module(torch.from_numpy(x))[0].detach(), cell.forward(x)[0], atol=1e-6)
    back = type(cell).from_torch(module)
    assert back.dtype == dtype and all((back.parameters[k] == v).all() for k, v in cell.parameters.items())
    stack = Stack(
        [Bidirectional(make(kind), make(kind, seed=2)), Bidirectional(make(kind, 10), make(kind, 10, seed=3))]
    )
    x = x.astype(float)
    close(stack.forward(x)[0], stack.to_torch()(torch.from_numpy(x))[0], "stack")


def test_a_module_of_another_kind_is_refused():
    sentence = "module is a GRU, LSTM.from_torch wants torch.nn.LSTM"
    refused(lambda: LSTM.from_torch(torch.nn.GRU(3, 4)), TypeError, sentence)
    refused(lambda: LSTM.from_torch(torch.nn.LSTM(3, 4, 2)), ValueError, "module has num_layers=2")
    refused(lambda: LSTM.from_torch(torch.nn.LSTM(3, 4, proj_size=2)), ValueError, "module has proj_size=2")
    refused(lambda: Stack.from_torch(torch.nn.Linear(3, 4)), TypeError, "module is a Linear")


def test_what_has_no_equal_in_torch_is_refused():
    sentence = "it has no PyTorch equal"
    refused(lambda: GRU(3, 4, reset_after=False).to_torch(), ValueError, sentence)
    refused(lambda: Stack([GRU(3, 4), GRU(4, 4, reset_after=False)]).to_torch(), ValueError, sentence)
    both = Bidirectional(GRU(3, 4), GRU(3, 4, reset_after=False))
    refused(lambda: Stack([both]).to_torch(), ValueError, sentence)
    refused(lambda: Stack([LSTM(3, 4), GRU(4, 4)]).to_torch(), ValueError, "mixes kinds, sizes or directions")
