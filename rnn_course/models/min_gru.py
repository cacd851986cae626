"""minGRU in PyTorch, with its backward written by hand: the same recurrence and the same scan as in NumPy.

    z_t = σ(W_xz x_t + b_z)
    n_t = W_xn x_t + b_n
    h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ n_t

Source: Feng et al. (2024), "Were RNNs all we needed?", section 3.1.
"""

import math

import torch

from rnn_course import validate
from rnn_course.models.sequence import check_like
from rnn_course.scan import WALKS

PART_BYTES = 2**21  # of one array in MinGRUTorch that is worked on at a time


def in_torch(a, h, b, out):
    torch.addcmul(b, a, h, out=out)


class _Recurrence(torch.autograd.Function):
    """h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ n_t over `(batch, time, hidden)` from x, with its backward written by hand.

    Batch first, as x comes, so that nothing is turned round; the walks see time first by a view. On a CPU a few
    sequences are worked out at a time, so that their arrays stay in cache.
    """

    @staticmethod
    def forward(ctx, x, h_0, W_x, b, walk):
        batch, time, inputs = x.shape
        hidden = len(b) // 2
        (W_z, W_n), (b_z, b_n) = W_x.chunk(2), b.chunk(2)
        z, h = (x.new_empty(batch, time, hidden) for _ in range(2))
        for part in _parts(x, hidden):
            rows = x[part].reshape(-1, inputs)
            torch.addmm(b_z, rows, W_z.T, out=z[part].view(-1, hidden)).sigmoid_()
            n = torch.addmm(b_n, rows, W_n.T, out=h[part].view(-1, hidden)).view(-1, time, hidden)
            zn_t = n.mul_(z[part]).transpose(0, 1)  # where h_t will lie: fresh memory costs more than the sums
            a_t = (1 - z[part]).transpose(0, 1)
            walk(a_t, zn_t, h_0[part], zn_t, multiply_add=in_torch)
        ctx.save_for_backward(x, h_0, W_x, z, h)
        ctx.walk = walk
        return h

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad_h):
        x, h_0, W_x, z, h = ctx.saved_tensors
        inputs, hidden = x.shape[2], z.shape[2]
        W_z, W_n = W_x.chunk(2)
        grad_x, grad_h_0 = x.new_empty(x.shape) if ctx.needs_input_grad[0] else None, torch.empty_like(h_0)
        grad_W, grad_b = torch.zeros_like(W_x), W_x.new_zeros(2 * hidden)
        (grad_W_z, grad_W_n), (grad_b_z, grad_b_n) = grad_W.chunk(2), grad_b.chunk(2)
        one, zero = x.new_ones(()), torch.zeros_like(h_0)
        for part in _parts(x, hidden):
            after, g = torch.empty_like(z[part]), torch.empty_like(z[part])
            torch.sub(one, z[part].view(-1)[hidden:], out=after.view(-1)[:-hidden])  # a_{t+1} in the place of t
            after[:, -1] = 0
            after_t, grad_t, g_t = (v.transpose(0, 1) for v in (after, grad_h[part], g))
            ctx.walk(after_t, grad_t, zero[part], g_t, multiply_add=in_torch, reverse=True)
            torch.mul(1 - z[part, 0], g[:, 0], out=grad_h_0[part])
            dn = g * z[part]
            dz = g.sub_(dn)  # g_t ⊙ (1 − z_t)
            dz[:, 1:] *= h[part, 1:] - h[part, :-1]  # z_t ⊙ (n_t − h_{t−1}) = h_t − h_{t−1}, so that n need not be kept
            dz[:, 0] *= h[part, 0] - h_0[part]
            dz, dn = dz.view(-1, hidden), dn.view(-1, hidden)
            rows = x[part].reshape(-1, inputs)
            if grad_x is not None:
                torch.mm(dz, W_z, out=grad_x[part].view(-1, inputs)).addmm_(dn, W_n)
            grad_W_z.addmm_(dz.T, rows)
            grad_W_n.addmm_(dn.T, rows)
            grad_b_z += dz.sum(0)
            grad_b_n += dn.sum(0)
        return grad_x, grad_h_0, grad_W, grad_b, None


def recurrence(x, h_0, W_x, b, walk):
    """Every h_t `(batch, time, hidden)` of a minGRU by a walk over its linear steps, such as `rnn_course.scan.scan`.

    x: `(batch, time, input)`; h_0: `(batch, hidden)`; W_x: `(2·hidden, input)`; b: `(2·hidden,)`.
    """
    return _Recurrence.apply(x, h_0, W_x, b, walk)


def _parts(x, hidden):
    """Slices over the batch of x: one on a GPU, where every call costs; on a CPU as many as fit a cache."""
    batch, time, _ = x.shape
    size = batch if x.device.type != "cpu" else max(1, PART_BYTES // (time * hidden * x.element_size()))
    return [slice(start, min(start + size, batch)) for start in range(0, batch, size)]


class MinGRUTorch(torch.nn.Module):
    """minGRU as a PyTorch module, called like `nn.GRU(batch_first=True)`: `output, h_n = net(x, h_0)`.

    input_size, hidden_size: whole numbers of at least 1. method: "scan" or "loop", two ways to the same numbers.
    x: `(batch, time, input)`; h_0: `(1, batch, hidden)`, zeros if None. Returns output `(batch, time, hidden)` and h_n
    `(1, batch, hidden)`. Source: Feng et al. (2024), section 3.1.
    """

    def __init__(self, input_size, hidden_size, *, method="scan"):
        super().__init__()
        self.input_size = input_size = validate.positive_int("input_size", input_size)
        self.hidden_size = hidden_size = validate.positive_int("hidden_size", hidden_size)
        self.method = validate.one_of("method", method, tuple(WALKS))
        bound, rows = 1 / math.sqrt(self.hidden_size), 2 * self.hidden_size
        self.W_x = torch.nn.Parameter(torch.empty(rows, self.input_size).uniform_(-bound, bound))
        self.b = torch.nn.Parameter(torch.empty(rows).uniform_(-bound, bound))

    def forward(self, x, h_0=None):
        """Every h_t and the last; ValueError for a wrong shape, TypeError where x or h_0 is no tensor like W_x."""
        check_like("x", x, self.W_x)
        if x.ndim == 3 and x.shape[-1] != self.input_size:
            raise ValueError(
                f"x has {x.shape[-1]} features, this MinGRUTorch was built for input_size={self.input_size}"
            )
        validate.shape("x", x, (None, None, self.input_size), ("batch", "time", "input"))
        if h_0 is None:
            h_0 = x.new_zeros(1, len(x), self.hidden_size)
        check_like("h_0", h_0, self.W_x)
        validate.shape("h_0", h_0, (1, len(x), self.hidden_size), ("layer", "batch", "hidden"))
        h = recurrence(x, h_0[0], self.W_x, self.b, WALKS[self.method])
        return h, h[:, -1][None]
