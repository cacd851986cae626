"""A diagonal linear recurrence whose coefficients depend on the input, and may be negative.

    a_t = tanh(W_a x_t + b_a)  in (−1, 1),   or σ(W_a x_t + b_a) in (0, 1)
    u_t = W_u x_t + b_u
    h_t = a_t ⊙ h_{t−1} + u_t

No state enters a_t or u_t, so that all of them are known before the walk and a scan does it. A coefficient that may be
negative can turn a state over: p_t = (1 − 2 x_t) p_{t−1} + x_t is the running parity of bits x_t. With coefficients
above zero no such layer of finite precision holds it for every length (Grazzi et al. 2025, "Unlocking state-tracking in
linear RNNs through negative eigenvalues", theorem 1).
"""

import math

import torch
from torch import nn

from rnn_course import validate
from rnn_course.models.min_gru import in_torch
from rnn_course.models.sequence import check_like
from rnn_course.scan import scan


class _LinearRecurrence(torch.autograd.Function):
    """h_t = a_t ⊙ h_{t−1} + u_t over `(time, batch, hidden)`; backward is the same walk the other way round.

    g_t = ∂L/∂h_t in total = (∂L/∂h_t)⁺ + a_{t+1} ⊙ g_{t+1};   ∂L/∂u_t = g_t;   ∂L/∂a_t = g_t ⊙ h_{t−1}
    """

    @staticmethod
    def forward(ctx, a, u, h_0):
        h = scan(a, u, h_0, torch.empty_like(u), multiply_add=in_torch)
        ctx.save_for_backward(a, h_0, h)
        return h

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad_h):
        a, h_0, h = ctx.saved_tensors
        after = torch.cat([a[1:], torch.zeros_like(a[:1])])
        zero = torch.zeros_like(h_0)
        g = scan(after, grad_h.contiguous(), zero, torch.empty_like(h), multiply_add=in_torch, reverse=True)
        return g * torch.cat([h_0[None], h[:-1]]), g, a[0] * g[0]


def linear_recurrence(a, u, h_0):
    """Return every h_t = a_t ⊙ h_{t−1} + u_t, `(batch, time, hidden)`, worked out by a scan, with its gradients.

    a, u: (batch, time, hidden) tensors. h_0: (batch, hidden), the state before the first step.

    >>> ones = torch.ones(1, 4, 1)
    >>> linear_recurrence(-ones, ones, torch.zeros(1, 1)).flatten().tolist()
    [1.0, 0.0, 1.0, 0.0]
    """
    a, u = (v.transpose(0, 1).contiguous() for v in (a, u))
    return _LinearRecurrence.apply(a, u, h_0).transpose(0, 1)


class Diagonal(nn.Module):
    """A diagonal linear recurrence as a PyTorch module, called like `nn.GRU(batch_first=True)`: `h, h_n = net(x, h_0)`.

    Arguments
        input_size, hidden_size    whole numbers of at least 1
        signed                     whether the coefficients may be negative: tanh in place of σ, and nothing else

    x: `(batch, time, input)`; h_0: `(1, batch, hidden)`, zeros if None. Returns every h_t `(batch, time, hidden)` and
    the last `(1, batch, hidden)`. Raises TypeError or ValueError for a bad argument, x or h_0.
    """

    def __init__(self, input_size, hidden_size, signed=True):
        super().__init__()
        self.input_size = input_size = validate.positive_int("input_size", input_size)
        self.hidden_size = hidden_size = validate.positive_int("hidden_size", hidden_size)
        self.signed = validate.one_of("signed", signed, (True, False))
        bound = 1 / math.sqrt(self.hidden_size)
        self.W_x = nn.Parameter(torch.empty(2 * hidden_size, input_size).uniform_(-bound, bound))  # a, u
        self.b = nn.Parameter(torch.empty(2 * hidden_size).uniform_(-bound, bound))

    def forward(self, x, h_0=None):
        """Return every h_t and the last; see the class."""
        check_like("x", x, self.W_x)
        validate.shape("x", x, (None, None, self.input_size), ("batch", "time", "input"))
        if h_0 is None:
            h_0 = x.new_zeros(1, len(x), self.hidden_size)
        check_like("h_0", h_0, self.W_x)
        validate.shape("h_0", h_0, (1, len(x), self.hidden_size), ("layer", "batch", "hidden"))
        a, u = nn.functional.linear(x, self.W_x, self.b).chunk(2, dim=2)
        h = linear_recurrence(a.tanh() if self.signed else a.sigmoid(), u, h_0[0])
        return h, h[:, -1][None]
