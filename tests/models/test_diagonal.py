"""The diagonal recurrence: against a loop under autograd, and the parity that it can hold and a positive one cannot."""

import pytest
import torch

from rnn_course.models import Diagonal
from rnn_course.models.diagonal import linear_recurrence

BATCH, TIME, INPUT, HIDDEN = 3, 13, 4, 5


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def looped(a, u, h):
    found = []
    for t in range(a.shape[1]):
        h = a[:, t] * h + u[:, t]
        found.append(h)
    return torch.stack(found, dim=1)


@pytest.mark.parametrize("time", [1, 2, 3, 13, 40])
def test_the_scan_and_its_gradients_are_those_of_a_loop(time):
    given = drawn(BATCH, time, HIDDEN), drawn(BATCH, time, HIDDEN, seed=1), drawn(BATCH, HIDDEN, seed=2)
    weight = drawn(BATCH, time, HIDDEN, seed=3)
    results = []
    for walk in (linear_recurrence, looped):
        leaves = [value.clone().requires_grad_() for value in given]
        h = walk(*leaves)
        results.append([h, *torch.autograd.grad((h * weight).sum(), leaves)])
    for got, wanted in zip(*results, strict=True):
        torch.testing.assert_close(got, wanted)


@pytest.mark.parametrize("signed", [True, False])
def test_the_module_is_its_equations(signed):
    net = Diagonal(INPUT, HIDDEN, signed).double()
    x, h_0 = drawn(BATCH, TIME, INPUT) * 2, drawn(1, BATCH, HIDDEN, seed=1)
    (W_a, W_u), (b_a, b_u) = net.W_x.chunk(2), net.b.chunk(2)
    a = x @ W_a.T + b_a
    a = a.tanh() if signed else a.sigmoid()
    assert (a < 0).any() == signed
    wanted = looped(a, x @ W_u.T + b_u, h_0[0])
    h, last = net(x, h_0)
    torch.testing.assert_close(h, wanted)
    torch.testing.assert_close(last, wanted[:, -1][None])
    torch.testing.assert_close(net(x)[0], net(x, torch.zeros_like(h_0))[0])


def test_a_signed_coefficient_holds_the_parity_of_a_thousand_bits():
    net = Diagonal(1, 1).double()
    with torch.no_grad():
        net.W_x.copy_(torch.tensor([[-40.0], [1.0]]))  # a = tanh(20 − 40 x): one for 0, minus one for 1
        net.b.copy_(torch.tensor([20.0, 0.0]))
    bits = torch.randint(2, (2, 1000), generator=torch.Generator().manual_seed(4))
    h, _ = net(bits.double()[..., None])
    torch.testing.assert_close(h[..., 0], (bits.cumsum(1) % 2).double())


@pytest.mark.parametrize(
    "x, h_0, error, sentence",
    [
        (torch.zeros(2, 3, INPUT), None, TypeError, "x is torch.float32, this model's weights are torch.float64"),
        (drawn(2, 3, 9), None, ValueError, r"x has shape \(2, 3, 9\), wanted \(batch, time, input=4\)"),
        (drawn(2, 3, INPUT), drawn(2, HIDDEN), ValueError, "h_0 has shape"),
    ],
)
def test_what_it_cannot_read_is_refused(x, h_0, error, sentence):
    with pytest.raises(error, match=sentence):
        Diagonal(INPUT, HIDDEN).double()(x, h_0)
