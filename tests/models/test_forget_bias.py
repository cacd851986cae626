"""The forget bias of PyTorch's LSTM: the gate that comes of it, in every layer and direction, and nothing else."""

import numpy as np
import pytest
import torch
from torch import nn

from rnn_course.cells import LSTM, Stack
from rnn_course.models import SequenceModel, set_forget_bias

INPUT, HIDDEN, LAYERS = 3, 5, 2
VALUES = [1.5, -2, np.float32(0.25), np.linspace(-1, 3, HIDDEN)]


def lstm(**options):
    """An LSTM in float64 with random weights and biases."""
    torch.manual_seed(2)
    net = nn.LSTM(INPUT, HIDDEN, batch_first=True, dtype=torch.float64, **options)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.normal_()
    return net


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_gate_that_reads_nothing_keeps_by_the_bias_alone(value):
    """Where all weights and all other biases are zero, what is left of the cell after n steps is σ(b_f)ⁿ."""
    net = lstm()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        for bias in (net.bias_ih_l0, net.bias_hh_l0):
            bias[HIDDEN : 2 * HIDDEN] = 7.0
    set_forget_bias(net, value)
    C_0 = torch.linspace(1, 2, HIDDEN, dtype=torch.float64)[None, None]
    _, (_, C) = net(torch.ones(1, 4, INPUT, dtype=torch.float64), (torch.zeros_like(C_0), C_0))
    left = (C / C_0)[0, 0].detach().numpy()
    np.testing.assert_allclose(left, np.broadcast_to(1 / (1 + np.exp(-np.asarray(value, float))), HIDDEN) ** 4)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_the_net_is_that_of_numpy_with_this_b_f(value):
    net, x = lstm(), torch.randn(4, 7, INPUT, dtype=torch.float64)
    cell = LSTM.from_torch(net)
    cell.b_f = np.broadcast_to(np.asarray(value, float), HIDDEN).copy()
    set_forget_bias(net, value)
    np.testing.assert_allclose(net(x)[0].detach().numpy(), cell.forward(x.numpy())[0], rtol=0, atol=1e-12)


def test_every_layer_and_direction_gets_it_and_nothing_else_changes():
    net = lstm(num_layers=LAYERS, bidirectional=True)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    set_forget_bias(net, 1.5)
    rows = slice(HIDDEN, 2 * HIDDEN)
    for name, value in net.state_dict().items():
        if name.startswith("bias"):
            assert (value[rows] == (1.5 if "_ih_" in name else 0)).all()
            before[name][rows] = value[rows]
        assert torch.equal(value, before[name])
    found = Stack.from_torch(net)
    biases = [value for name, value in found.parameters.items() if name.endswith(".b")]
    assert len(biases) == 2 * LAYERS
    assert all((bias[rows] == 1.5).all() for bias in biases)


def test_a_model_of_the_course_trains_on_from_it():
    model = SequenceModel("lstm", INPUT, HIDDEN, 1, num_layers=LAYERS)
    assert set_forget_bias(model, 2) is None
    for layer in range(LAYERS):
        b_ih, b_hh = (getattr(model.rnn, f"bias_{part}_l{layer}") for part in ("ih", "hh"))
        assert ((b_ih + b_hh)[HIDDEN : 2 * HIDDEN] == 2).all()
    model(torch.randn(4, 7, INPUT)).sum().backward()
    assert model.rnn.bias_ih_l0.grad.abs().max() > 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_the_sum_is_the_value_in_the_dtype_of_the_weights(dtype):
    net = nn.LSTM(INPUT, HIDDEN, dtype=dtype)
    set_forget_bias(net, 1 / 3)
    assert ((net.bias_ih_l0 + net.bias_hh_l0)[HIDDEN : 2 * HIDDEN] == torch.tensor(1 / 3, dtype=dtype)).all()


def test_what_has_no_forget_bias_is_refused():
    for model, kind in (
        (nn.GRU(INPUT, HIDDEN), "torch.nn.modules.rnn.GRU"),
        (SequenceModel("gru"), "SequenceModel of a GRU"),
        (LSTM(INPUT, HIDDEN), "rnn_course.cells.lstm.LSTM"),
        (None, "builtins.NoneType"),
    ):
        with pytest.raises(TypeError, match=f"model is a {kind}, wanted a torch.nn.LSTM or a SequenceModel of one"):
            set_forget_bias(model, 1.0)
    with pytest.raises(ValueError, match="model is an LSTM with bias=False, it has no forget bias to set"):
        set_forget_bias(nn.LSTM(INPUT, HIDDEN, bias=False), 1.0)


@pytest.mark.parametrize(
    ("value", "error", "sentence"),
    [
        (None, TypeError, "value has dtype object, it must be real numbers"),
        (True, TypeError, "value has dtype bool, it must be real numbers"),
        ("1", TypeError, "value has dtype <U1, it must be real numbers"),
        (1j, TypeError, "value has dtype complex128, it must be real numbers"),
        (np.nan, ValueError, "value is nan, it must be finite in torch.float32, the dtype of the weights"),
        ([1, 2, np.inf, 4, 5], ValueError, r"value is \[1, 2, inf, 4, 5\], it must be finite"),
        ([1.0, 2.0], ValueError, r"value has shape \(2,\), wanted \(hidden=5\)"),
        (np.ones((HIDDEN, 1)), ValueError, r"value has shape \(5, 1\), wanted \(hidden=5\)"),
        (1e39, ValueError, r"value is 1e\+39, it must be finite in torch.float32"),
    ],
)
def test_another_value_is_refused_and_changes_nothing(value, error, sentence):
    net = nn.LSTM(INPUT, HIDDEN)
    before = [parameter.clone() for parameter in net.parameters()]
    with pytest.raises(error, match=sentence):
        set_forget_bias(net, value)
    assert all(map(torch.equal, before, net.parameters()))
