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
                                                  = g_t ⊙ (h_t − h_{t−1}) ⊙ (1 − z_t)
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
    for a_t, b_t, out_t in _in_turn(reverse, a, b, out):
        multiply_add(a_t, h, b_t, out_t)
        h = out_t
    return out


def _in_turn(reverse, *arrays):
    """The arrays' entries along their first axis, side by side, in the order walked; all views are made at once."""
    return list(zip(*(list(array) for array in arrays), strict=True))[:: -1 if reverse else 1]


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
            blocks = (v[part].reshape(count, size, *v.shape[1:]) for v in (a, b, out))
            _scan_blocks(*blocks, first, multiply_add, reverse)
        first = out[part][0 if reverse else -1]
    return out


def _scan_blocks(a, b, out, first, multiply_add, reverse):
    """The scan over `(blocks, steps, …)`; out is a view of what is wanted."""
    steps = _in_turn(reverse, *(v.swapaxes(0, 1) for v in (a, b, out)))
    A, B = a.prod(1), steps[0][1] + 0  # what a whole block does to a state: h ↦ A h + B
    for a_k, b_k, _ in steps[1:]:
        multiply_add(a_k, B, b_k, B)
    h = A + 0  # the state before each block
    h[-1 if reverse else 0] = first
    others, before = (slice(1, None), slice(None, -1)) if reverse else (slice(None, -1), slice(1, None))
    loop(A[others], B[others], first, h[before], multiply_add=multiply_add, reverse=reverse)
    for a_k, b_k, out_k in steps:
        multiply_add(a_k, h, b_k, out_k)
        h = out_k


def _numpy_multiply_add(a, h, b, out):
    if out is h:
        out *= a
    else:
        np.multiply(a, h, out)
    out += b


def _torch_multiply_add(a, h, b, out):
    torch.addcmul(b, a, h, out=out)


PART_BYTES = 2**21  # of one array in MinGRUTorch that is worked on at a time
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
            walk(a_t, zn_t, h_0[part], zn_t, multiply_add=_torch_multiply_add)
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
            ctx.walk(after_t, grad_t, zero[part], g_t, multiply_add=_torch_multiply_add, reverse=True)
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


def _parts(x, hidden):
    """Slices over the batch of x: one on a GPU, where every call costs; on a CPU as many as fit a cache."""
    batch, time, _ = x.shape
    size = batch if x.is_cuda else max(1, PART_BYTES // (time * hidden * x.element_size()))
    return [slice(start, min(start + size, batch)) for start in range(0, batch, size)]


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
        h = _Recurrence.apply(x, h_0[0], self.W_x, self.b, WALKS[self.method])
        return h, h[:, -1][None]
