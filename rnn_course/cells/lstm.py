"""Long short-term memory (Hochreiter & Schmidhuber 1997) with the forget gate of Gers, Schmidhuber & Cummins (2000).

    i_t = σ(W_xi x_t + W_hi h_{t−1} + b_i)        input gate:  how much of the candidate is written
    f_t = σ(W_xf x_t + W_hf h_{t−1} + b_f)        forget gate: how much of the cell is kept
    C̃_t = tanh(W_xc x_t + W_hc h_{t−1} + b_c)     candidate
    o_t = σ(W_xo x_t + W_ho h_{t−1} + b_o)        output gate: how much of the cell is shown
    C_t = f_t ⊙ C_{t−1} + i_t ⊙ C̃_t
    h_t = o_t ⊙ tanh(C_t)

Backwards, with a for what goes into a gate:

    ∂L/∂C_t += ∂L/∂h_t ⊙ o_t ⊙ (1 − tanh² C_t)
    ∂L/∂a_i = ∂L/∂C_t ⊙ C̃_t ⊙ i_t (1 − i_t)       ∂L/∂a_f = ∂L/∂C_t ⊙ C_{t−1} ⊙ f_t (1 − f_t)
    ∂L/∂a_c = ∂L/∂C_t ⊙ i_t ⊙ (1 − C̃_t²)          ∂L/∂a_o = ∂L/∂h_t ⊙ tanh(C_t) ⊙ o_t (1 − o_t)
    ∂L/∂C_{t−1} = ∂L/∂C_t ⊙ f_t                   ∂L/∂h_{t−1} = ∂⁺L/∂h_{t−1} + W_hᵀ ∂L/∂a
"""

from typing import NamedTuple

import numpy as np

from rnn_course.cells.base import Cell, sigmoid
from rnn_course.cells.walks import LSTMWalk


class LSTMState(NamedTuple):
    """The state of an LSTM: `h` and `C`, each `(batch, hidden)`."""

    h: np.ndarray
    C: np.ndarray


class LSTM(Cell):
    """Long short-term memory: C_t = f_t ⊙ C_{t−1} + i_t ⊙ C̃_t, h_t = o_t ⊙ tanh(C_t).

    input_size, hidden_size: whole numbers of at least 1. dtype: float64 or float32. seed: of the initial weights,
    uniform in ±1/√hidden_size. The state is `LSTMState(h, C)`. Storage is stacked in PyTorch's order i, f, C̃, o.
    Source: Hochreiter & Schmidhuber (1997); forget gate: Gers, Schmidhuber & Cummins (2000).

    >>> cell = LSTM(input_size=1, hidden_size=2)
    >>> h, state = cell.forward(np.ones((3, 4, 1)))
    >>> h.shape, state.C.shape
    ((3, 4, 2), (3, 2))
    """

    gates = ("i", "f", "c", "o")
    state_fields = ("h", "C")
    State = LSTMState
    torch_name = "LSTM"
    fast = LSTMWalk

    def equations(self, x, h, C):
        """i, f, C̃, o, C_t and h_t, from x_t `(batch, input)`, h_{t−1} and C_{t−1} `(batch, hidden)`."""
        i = sigmoid(x @ self.W_xi.T + h @ self.W_hi.T + self.b_i)
        f = sigmoid(x @ self.W_xf.T + h @ self.W_hf.T + self.b_f)
        C_tilde = np.tanh(x @ self.W_xc.T + h @ self.W_hc.T + self.b_c)
        o = sigmoid(x @ self.W_xo.T + h @ self.W_ho.T + self.b_o)
        C = f * C + i * C_tilde
        h = o * np.tanh(C)
        return {"i": i, "f": f, "C_tilde": C_tilde, "o": o, "C": C, "h": h}

    def step_back(self, now, x, before, dh, dC):
        """The mirror of the equations; see `Cell.step_back`."""
        i, f, C_tilde, o = now["i"], now["f"], now["C_tilde"], now["o"]
        tanh_C = np.tanh(now["C"])
        dC = dC + dh * o * (1 - tanh_C**2)
        da_i = dC * C_tilde * i * (1 - i)
        da_f = dC * before.C * f * (1 - f)
        da_c = dC * i * (1 - C_tilde**2)
        da_o = dh * tanh_C * o * (1 - o)
        dh_before = da_i @ self.W_hi + da_f @ self.W_hf
        dh_before = dh_before + da_c @ self.W_hc + da_o @ self.W_ho
        return {"i": da_i, "f": da_f, "c": da_c, "o": da_o}, (dh_before, dC * f), {}
