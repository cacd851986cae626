"""The simple recurrent network (Elman 1990).

    a_t = W_xh x_t + W_hh h_{t−1} + b_h
    h_t = φ(a_t)                              φ = tanh or relu

Backwards, with ⊙ for the product by element and δ_t = ∂L/∂a_t:

    ∂L/∂h_t     = ∂⁺L/∂h_t + W_hhᵀ δ_{t+1}    the immediate part, and what comes back from the next step
    δ_t         = ∂L/∂h_t ⊙ φ′(a_t)           φ′ = 1 − h_t² for tanh; 1 where a_t > 0, else 0, for relu
"""

import numpy as np
from numpy import add, multiply

from rnn_course import validate
from rnn_course.cells.base import Cell, Parameter


class SimpleRNN(Cell):
    """h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h), the simple recurrent network of Elman (1990).

    input_size, hidden_size: whole numbers of at least 1. nonlinearity: "tanh" or "relu". dtype: float64 or float32.
    seed: of the initial weights, uniform in ±1/√hidden_size. The state is `h (batch, hidden)`.
    """

    gates = ("h",)
    torch_name = "RNN"

    W_xh = Parameter("W_x", 0)
    W_hh = Parameter("W_h", 0)
    b_h = Parameter("b", 0)

    def __init__(self, input_size, hidden_size, dtype=np.float64, seed=0, *, nonlinearity="tanh"):
        self.nonlinearity = validate.one_of("nonlinearity", nonlinearity, ("tanh", "relu"))
        super().__init__(input_size, hidden_size, dtype, seed)

    def step(self, x_t, state=None):
        """One step. x_t: `(batch, input)`; state: `h (batch, hidden)`. Returns h_t and the new state, which is h_t."""
        x_t = self._check_x(x_t, ("batch", "input"))
        (h,) = self._check_state(state, len(x_t))
        phi = np.tanh if self.nonlinearity == "tanh" else _relu

        h = phi(x_t @ self.W_xh.T + h @ self.W_hh.T + self.b_h)

        return h, h.copy()

    def _walk(self, walk):
        P, h, W_h = walk.arrays["P"], walk.arrays["h"], walk.weights["W_h_walk"]
        product = walk.array("product", walk.batch, self.hidden_size, dtype=self.dtype)
        phi = np.tanh if self.nonlinearity == "tanh" else _relu
        for t, a, h_before, h_t in walk.steps("forward", P, h[:-1], h[1:]):
            h_before.dot(W_h, product)
            add(a, product, a)
            phi(a, h_t)
            if walk.pad is not None:
                np.copyto(h_t, h_before, where=walk.pad[t][:, None])
        if self.nonlinearity == "relu" and not np.isfinite(h[-1]).all():
            step = int(np.argmin(np.isfinite(h).all((1, 2)))) - 1
            raise FloatingPointError(f"h is not finite from step {step} of the walk on: this relu network explodes")

    def _walk_back(self, walk, grad_h, grad_last):
        h = walk.arrays["h"][1:]
        D = walk.arrays["P"]  # used up on the way forward; its memory serves again
        if self.nonlinearity == "tanh":
            np.subtract(1, np.multiply(h, h, out=D), out=D)
        else:
            np.copyto(D, h > 0)
        if walk.pad is not None:
            D[walk.pad] = 0
        dh, W_h = grad_last[0].copy(), walk.weights["W_h"]
        back = np.empty_like(dh)
        for t, grad_t, D_t in reversed(walk.steps("backward", grad_h, D)):
            add(dh, grad_t, dh)
            multiply(D_t, dh, D_t)
            D_t.dot(W_h, back)
            if walk.pad is not None:
                np.copyto(back, dh, where=walk.pad[t][:, None])
            dh, back = back, dh
        grad_x, parameters = self._gradients(walk, D)
        return grad_x, dh, parameters

    def _fields(self, walk):
        return {"a": walk.arrays["P"], "h": walk.arrays["h"][1:]}


def _relu(a, out=None):
    return np.maximum(a, 0, out=out)
