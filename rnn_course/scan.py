"""minGRU, a recurrence that is linear in its state and can therefore be scanned over time (Feng et al. 2024).

    z_t = σ(W_xz x_t + b_z)
    n_t = W_xn x_t + b_n
    h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ n_t        of the form h_t = a_t ⊙ h_{t−1} + b_t

Here z weighs the new value; in PyTorch's GRU it weighs the old one. No gate looks at h, so all a_t and b_t are known
before the walk, and time can be cut into about √T blocks: first every block, all at once, works out what it does to a
state (h ↦ A h + B), then the states between blocks follow one another, then every block walks from its own.

Backwards, with g_t = ∂L/∂h_t, the same scan from the end:

    g_t = ∂⁺L/∂h_t + a_{t+1} ⊙ g_{t+1}
    ∂L/∂n_t = g_t ⊙ z_t        ∂L/∂(σ's argument) = ∂L/∂n_t ⊙ (n_t − h_{t−1}) ⊙ (1 − z_t)
"""

import math

import numpy as np
import torch

from rnn_course import validate
from rnn_course.cells.base import Cell, Parameter, sigmoid


def _blocks(time):
    """How many blocks of how many steps, each about √time; the steps left over are fewer than one block."""
    steps = math.isqrt(time)
    return time // steps, steps


def loop(a, b, first, out, *, multiply_add, reverse=False):
    """h_t = a_t ⊙ h_{t−1} + b_t step by step (from the last to the first if reverse), into out; time is the first axis.

    multiply_add(a, h, b, out): out = a ⊙ h + b. first: the state before the first step walked. Returns out.
    """
    h = first
    for t in reversed(range(len(a))) if reverse else range(len(a)):
        multiply_add(a[t], h, b[t], out[t])
        h = out[t]
    return out


def scan(a, b, first, out, *, multiply_add, reverse=False):
    """As `loop`, in about 3√time steps, each over many blocks of time at once."""
    count, size = _blocks(len(a))
    whole = count * size
    parts = [slice(0, whole), slice(whole, len(a))]
    for part in reversed(parts) if reverse else parts:
        if part.start == part.stop:
            continue
        if part.start == whole:
            loop(a[part], b[part], first, out[part], multiply_add=multiply_add, reverse=reverse)
        else:
            _scan_blocks(
                *(v[part].reshape(count, size, *v.shape[1:]) for v in (a, b)), first, out[part], multiply_add, reverse
            )
        first = out[part][0 if reverse else -1]
    return out


def _scan_blocks(a, b, first, out, multiply_add, reverse):
    """The scan over `(blocks, steps, …)`; out is `(blocks · steps, …)`."""
    count, size = a.shape[:2]
    order = list(reversed(range(size))) if reverse else list(range(size))
    A, B = a[:, order[0]] + 0, b[:, order[0]] + 0  # what a whole block does to a state: h ↦ A h + B
    for k in order[1:]:
        A *= a[:, k]
        multiply_add(a[:, k], B, b[:, k], B)
    blocks = out.reshape(a.shape)
    starts = A  # the state before each block takes the place of the A that is no longer wanted
    h = first
    for k in reversed(range(count)) if reverse else range(count):
        after = A[k] * h + B[k]
        starts[k] = h
        h = after
    for k in order:
        multiply_add(a[:, k], starts, b[:, k], blocks[:, k])
        starts = blocks[:, k]


def _numpy_multiply_add(a, h, b, out):
    if out is h:
        out *= a
    else:
        np.multiply(a, h, out)
    out += b


def _torch_multiply_add(a, h, b, out):
    torch.addcmul(b, a, h, out=out)


WALKS = {"scan": scan, "loop": loop}


class MinGRU(Cell):
    """h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ n_t, the minGRU of Feng et al. (2024, "Were RNNs all we needed?", section 3.1).

    input_size, hidden_size: whole numbers of at least 1. dtype: float64 or float32. seed: of the initial weights,
    uniform in ±1/√hidden_size. method: "scan" or "loop", two ways to the same numbers. The state is `h (batch,
    hidden)`.
    """

    gates = ("z", "n")

    W_xz, W_xn = Parameter("W_x", 0), Parameter("W_x", 1)
    b_z, b_n = Parameter("b", 0), Parameter("b", 1)

    def __init__(self, input_size, hidden_size, dtype=np.float64, seed=0, *, method="scan"):
        self.method = validate.one_of("method", method, tuple(WALKS))
        super().__init__(input_size, hidden_size, dtype, seed)

    def _shapes(self):
        return {"W_x": (2 * self.hidden_size, self.input_size), "b": (2 * self.hidden_size,)}

    def step(self, x_t, state=None):
        """One step. x_t: `(batch, input)`; state: `h (batch, hidden)`. Returns h_t and the new state, which is h_t."""
        x_t = self._check_x(x_t, ("batch", "input"))
        (h,) = self._check_state(state, len(x_t))

        z = sigmoid(x_t @ self.W_xz.T + self.b_z)
        n = x_t @ self.W_xn.T + self.b_n
        h = (1 - z) * h + z * n

        return h, h.copy()

    def _project(self, walk):
        for name, value in self.parameters.items():
            validate.finite(name, value)
        weights = np.concatenate([self.W_x, self.b[:, None]], axis=1).reshape(2, self.hidden_size, -1)
        walk.weights = {"W_x": self.W_x.copy()}
        P = walk.array("P", 2, walk.time, walk.batch, self.hidden_size, dtype=self.dtype)
        np.matmul(walk.rows("x"), weights.swapaxes(1, 2), out=P.reshape(2, -1, self.hidden_size))

    def _walk(self, walk):
        z, n = walk.arrays["P"]
        h = walk.arrays["h"]
        z *= 0.5
        np.tanh(z, z)
        z *= 0.5
        z += 0.5
        if walk.pad is not None:
            z[walk.pad] = 0  # a sequence that has ended keeps its state
        a = np.subtract(1, z, out=walk.array("a", *z.shape, dtype=self.dtype))
        b = np.multiply(z, n, out=walk.array("b", *z.shape, dtype=self.dtype))
        WALKS[self.method](a, b, h[0], h[1:], multiply_add=_numpy_multiply_add)

    def _walk_back(self, walk, grad_h, grad_last):
        (z, n), a, h = walk.arrays["P"], walk.arrays["a"], walk.arrays["h"]
        grad_h[-1] += grad_last[0]
        if walk.time > 1:
            back = WALKS[self.method]
            back(a[1:], grad_h[:-1], grad_h[-1], grad_h[:-1], multiply_add=_numpy_into_b, reverse=True)
        D = walk.array("D", 2, *z.shape, dtype=self.dtype)
        np.multiply(grad_h, z, out=D[1])
        np.subtract(n, h[:-1], out=D[0])
        D[0] *= a
        D[0] *= D[1]
        rows = D.reshape(2, walk.time * walk.batch, self.hidden_size)
        weights = walk.weights["W_x"].reshape(2, self.hidden_size, -1)
        W_x1 = np.matmul(rows.swapaxes(1, 2), walk.rows("x")).reshape(2 * self.hidden_size, -1)
        grad_x = rows[0] @ weights[0]
        grad_x += rows[1] @ weights[1]
        parameters = {"W_x": W_x1[:, :-1].copy(), "b": W_x1[:, -1].copy()}
        return grad_x.reshape(walk.time, walk.batch, -1), a[0] * grad_h[0], parameters

    def _fields(self, walk):
        z, n = walk.arrays["P"]
        return {"z": z, "n": n, "h": walk.arrays["h"][1:]}

    @classmethod
    def from_torch(cls, module):
        """The same function as a `MinGRUTorch`, in its dtype."""
        if not isinstance(module, MinGRUTorch):
            raise TypeError(f"module is a {type(module).__name__}, MinGRU.from_torch wants a MinGRUTorch")
        weight = module.W_x.detach().cpu().numpy()
        cell = cls(module.input_size, module.hidden_size, dtype=weight.dtype, method=module.method)
        cell.W_x, cell.b = weight, module.b.detach().cpu().numpy()
        return cell

    def to_torch(self):
        """The same function as a `MinGRUTorch`."""
        module = MinGRUTorch(self.input_size, self.hidden_size, method=self.method)
        module = module.to(getattr(torch, self.dtype.name))
        with torch.no_grad():
            module.W_x.copy_(torch.from_numpy(self.W_x.copy()))
            module.b.copy_(torch.from_numpy(self.b.copy()))
        return module


def _numpy_into_b(a, h, b, out):
    """out = a ⊙ h + b where out may be b itself, or h."""
    out[...] = a * h + b


class _Recurrence(torch.autograd.Function):
    """h_t = (1 − z_t) ⊙ h_{t−1} + z_t ⊙ n_t over `(time, batch, hidden)` from x, with its backward written by hand."""

    @staticmethod
    def forward(ctx, x, h_0, W_x, b, walk):
        time, batch, _ = x.shape
        hidden = len(b) // 2
        rows = x.reshape(time * batch, -1)
        z = torch.addmm(b[:hidden], rows, W_x[:hidden].T).sigmoid_().view(time, batch, hidden)
        n = torch.addmm(b[hidden:], rows, W_x[hidden:].T).view(time, batch, hidden)
        a = 1 - z
        h = torch.empty(time + 1, batch, hidden, dtype=x.dtype, device=x.device)
        h[0] = h_0
        b = torch.mul(z, n, out=h[1:])  # h takes its place: fresh memory costs more than the sums
        walk(a, b, h[0], h[1:], multiply_add=_torch_multiply_add)
        ctx.save_for_backward(rows, W_x, z, n, a, h)
        ctx.walk = walk
        return h[1:]

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad_h):
        rows, W_x, z, n, a, h = ctx.saved_tensors
        time, batch, hidden = z.shape
        g = torch.empty_like(z)
        g[-1] = grad_h[-1]
        grad_h = grad_h.contiguous()
        if time > 1:
            ctx.walk(a[1:], grad_h[:-1], g[-1], g[:-1], multiply_add=_torch_multiply_add, reverse=True)
        grad_h_0 = a[0] * g[0]
        dn = g.mul_(z)
        dz = (n - h[:-1]).mul_(a).mul_(dn)
        dz, dn = dz.view(-1, hidden), dn.view(-1, hidden)
        grad_x = torch.addmm(dz @ W_x[:hidden], dn, W_x[hidden:]).view(time, batch, -1)
        grad_W = torch.cat([dz.T @ rows, dn.T @ rows])
        return grad_x, grad_h_0, grad_W, torch.cat([dz.sum(0), dn.sum(0)]), None


class MinGRUTorch(torch.nn.Module):
    """minGRU as a PyTorch module, called like `nn.GRU(batch_first=True)`: `output, h_n = net(x, h_0)`.

    input_size, hidden_size: whole numbers of at least 1. method: "scan" or "loop", two ways to the same numbers.
    x: `(batch, time, input)`; h_0: `(1, batch, hidden)`, zeros if None. Returns output `(batch, time, hidden)` and h_n
    `(1, batch, hidden)`. Source: Feng et al. (2024), section 3.1.
    """

    def __init__(self, input_size, hidden_size, *, method="scan"):
        super().__init__()
        self.input_size = validate.positive_int("input_size", input_size)
        self.hidden_size = validate.positive_int("hidden_size", hidden_size)
        self.method = validate.one_of("method", method, tuple(WALKS))
        bound = 1 / math.sqrt(hidden_size)
        self.W_x = torch.nn.Parameter(torch.empty(2 * hidden_size, input_size).uniform_(-bound, bound))
        self.b = torch.nn.Parameter(torch.empty(2 * hidden_size).uniform_(-bound, bound))

    def forward(self, x, h_0=None):
        """Every h_t and the last; ValueError for a wrong shape."""
        if x.ndim == 3 and x.shape[-1] != self.input_size:
            raise ValueError(
                f"x has {x.shape[-1]} features, this MinGRUTorch was built for input_size={self.input_size}"
            )
        validate.shape("x", x, (None, None, self.input_size), ("batch", "time", "input"))
        if h_0 is None:
            h_0 = x.new_zeros(1, len(x), self.hidden_size)
        validate.shape("h_0", h_0, (1, len(x), self.hidden_size), ("layer", "batch", "hidden"))
        h = _Recurrence.apply(x.transpose(0, 1), h_0[0], self.W_x, self.b, WALKS[self.method])
        return h.transpose(0, 1), h[-1:]
