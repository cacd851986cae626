"""The simple recurrent network (after Elman 1990, whose units ran from 0 to 1).

    a_t = W_xh x_t + W_hh h_{t−1} + b_h
    h_t = φ(a_t)                              φ = tanh or relu

Backwards, with ⊙ for the product by element:

    ∂L/∂a_t     = ∂L/∂h_t ⊙ φ′(a_t)           φ′ = 1 − h_t² for tanh; 1 where a_t > 0, else 0, for relu
    ∂L/∂h_{t−1} = ∂⁺L/∂h_{t−1} + W_hhᵀ ∂L/∂a_t    the immediate part, and what comes back from this step
"""

import numpy as np

from rnn_course import validate
from rnn_course.cells.base import Cell
from rnn_course.cells.walks import SimpleRNNWalk


class SimpleRNN(Cell):
    """h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h), the simple recurrent network, after Elman (1990).

    input_size, hidden_size: whole numbers of at least 1. nonlinearity: "tanh" or "relu". dtype: float64 or float32.
    seed: of the initial weights, uniform in ±1/√hidden_size. The state is `h (batch, hidden)`.
    """

    gates = ("h",)
    torch_name = "RNN"
    fast = SimpleRNNWalk

    def __init__(self, input_size, hidden_size, dtype=np.float64, seed=0, *, nonlinearity="tanh"):
        self.nonlinearity = validate.one_of("nonlinearity", nonlinearity, ("tanh", "relu"))
        super().__init__(input_size, hidden_size, dtype, seed)

    def equations(self, x, h):
        """a_t and h_t, from x_t `(batch, input)` and h_{t−1} `(batch, hidden)`."""
        a = x @ self.W_xh.T + h @ self.W_hh.T + self.b_h
        h = np.tanh(a) if self.nonlinearity == "tanh" else np.maximum(a, 0)
        return {"a": a, "h": h}

    def step_back(self, now, x, before, dh):
        """The mirror of the equations; see `Cell.step_back`."""
        slope = 1 - now["h"] ** 2 if self.nonlinearity == "tanh" else now["a"] > 0
        da = dh * slope
        return {"h": da}, (da @ self.W_hh,), {}
