"""The gated recurrent unit (Cho et al. 2014), in both of its dialects.

    r_t = σ(W_xr x_t + W_hr h_{t−1} + b_r)        reset gate
    z_t = σ(W_xz x_t + W_hz h_{t−1} + b_z)        update gate: how much of the old state stays
    h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}

and the candidate, where the dialects part:

    n_t = tanh(W_xn x_t + b_n + r_t ⊙ (W_hn h_{t−1} + b_hn))     reset_after=True:  PyTorch, cuDNN
    n_t = tanh(W_xn x_t + b_n + W_hn (r_t ⊙ h_{t−1}))            reset_after=False: the 2014 paper's last version

Backwards, with q_t = W_hn h_{t−1} + b_hn and a for what goes into σ or tanh:

    ∂L/∂a_n = ∂L/∂h_t ⊙ (1 − z_t) ⊙ (1 − n_t²)     ∂L/∂a_z = ∂L/∂h_t ⊙ (h_{t−1} − n_t) ⊙ z_t (1 − z_t)
    ∂L/∂q   = ∂L/∂a_n ⊙ r_t                        ∂L/∂a_r = ∂L/∂a_n ⊙ q_t ⊙ r_t (1 − r_t)
    ∂L/∂h_{t−1} = ∂⁺L/∂h_{t−1} + ∂L/∂h_t ⊙ z_t + W_hᵀ (∂L/∂a_r, ∂L/∂a_z, ∂L/∂q)
"""

import numpy as np

from rnn_course import validate
from rnn_course.cells.base import Cell, sigmoid
from rnn_course.cells.walks import GRUWalk


class GRU(Cell):
    """The gated recurrent unit: h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}.

    input_size, hidden_size: whole numbers of at least 1. reset_after: True resets after the matrix product (PyTorch),
    False before it (Cho et al. 2014, last version); the two are different functions. dtype: float64 or float32. seed:
    of the initial weights, uniform in ±1/√hidden_size. The state is `h (batch, hidden)`. Storage is stacked in
    PyTorch's order r, z, n; `b_hn (hidden,)` is kept apart and exists only with reset_after=True.
    """

    gates = ("r", "z", "n")
    torch_name = "GRU"
    fast = GRUWalk

    def __init__(self, input_size, hidden_size, dtype=np.float64, seed=0, *, reset_after=True):
        self.reset_after = validate.one_of("reset_after", reset_after, (False, True))
        super().__init__(input_size, hidden_size, dtype, seed)

    def shapes(self):
        """Name and shape of each stored array; `b_hn` is there with reset_after only."""
        return super().shapes() | ({"b_hn": (self.hidden_size,)} if self.reset_after else {})

    def equations(self, x, h):
        """r, z, n and h_t, from x_t `(batch, input)` and h_{t−1} `(batch, hidden)`."""
        r = sigmoid(x @ self.W_xr.T + h @ self.W_hr.T + self.b_r)
        z = sigmoid(x @ self.W_xz.T + h @ self.W_hz.T + self.b_z)
        if self.reset_after:
            n = np.tanh(x @ self.W_xn.T + self.b_n + r * (h @ self.W_hn.T + self.b_hn))
        else:
            n = np.tanh(x @ self.W_xn.T + self.b_n + (r * h) @ self.W_hn.T)
        h = (1 - z) * n + z * h
        return {"r": r, "z": z, "n": n, "h": h}

    def step_back(self, now, x, before, dh):
        """The mirror of the equations; see `Cell.step_back`."""
        # ∂L/∂W_h does not follow from ∂L/∂a and h: W_hn meets ∂L/∂q, or it meets r ⊙ h.
        r, z, n, h = now["r"], now["z"], now["n"], before.h
        da_n = dh * (1 - z) * (1 - n**2)
        da_z = dh * (h - n) * z * (1 - z)
        if self.reset_after:
            dq = da_n * r
            da_r = da_n * (h @ self.W_hn.T + self.b_hn) * r * (1 - r)
            d = np.concatenate([da_r, da_z, dq], axis=1)
            own = {"W_h": d.T @ h, "b_hn": dq.sum(0)}
            dh_before = dh * z + dq @ self.W_hn
        else:
            drh = da_n @ self.W_hn
            da_r = drh * h * r * (1 - r)
            own = {"W_h": np.concatenate([da_r.T @ h, da_z.T @ h, da_n.T @ (r * h)])}
            dh_before = dh * z + drh * r
        dh_before = dh_before + da_r @ self.W_hr + da_z @ self.W_hz
        return {"r": da_r, "z": da_z, "n": da_n}, (dh_before,), own
