"""Three cells that are not in the library, written as a learner would write them in a notebook."""

import numpy as np

from rnn_course.cells import Cell, sigmoid


class UpdateGateRNN(Cell):
    """A simple RNN with an update gate: h_t = z ⊙ h_{t−1} + (1 − z) ⊙ n, and n looks at the whole of h_{t−1}."""

    gates = ("z", "n")

    def equations(self, x, h):
        z = sigmoid(x @ self.W_xz.T + h @ self.W_hz.T + self.b_z)
        n = np.tanh(x @ self.W_xn.T + h @ self.W_hn.T + self.b_n)
        h = z * h + (1 - z) * n
        return {"z": z, "n": n, "h": h}

    def step_back(self, now, x, before, dh):
        z, n = now["z"], now["n"]
        da_z = dh * (before.h - n) * z * (1 - z)
        da_n = dh * (1 - z) * (1 - n**2)
        dh_before = dh * z + da_z @ self.W_hz + da_n @ self.W_hn
        return {"z": da_z, "n": da_n}, (dh_before,), {}


class PeepholeLSTM(Cell):
    """An LSTM whose gates read the cell (Gers & Schmidhuber 2000): i and f see C_{t−1}, o sees C_t."""

    gates = ("i", "f", "c", "o")
    state_fields = ("h", "C")

    def shapes(self):
        return super().shapes() | dict.fromkeys(("p_i", "p_f", "p_o"), (self.hidden_size,))

    def equations(self, x, h, C):
        i = sigmoid(x @ self.W_xi.T + h @ self.W_hi.T + self.b_i + self.p_i * C)
        f = sigmoid(x @ self.W_xf.T + h @ self.W_hf.T + self.b_f + self.p_f * C)
        C_tilde = np.tanh(x @ self.W_xc.T + h @ self.W_hc.T + self.b_c)
        C = f * C + i * C_tilde
        o = sigmoid(x @ self.W_xo.T + h @ self.W_ho.T + self.b_o + self.p_o * C)
        return {"i": i, "f": f, "C_tilde": C_tilde, "o": o, "C": C, "h": o * np.tanh(C)}

    def step_back(self, now, x, before, dh, dC):
        i, f, C_tilde, o, C = (now[name] for name in ("i", "f", "C_tilde", "o", "C"))
        da_o = dh * np.tanh(C) * o * (1 - o)
        dC = dC + dh * o * (1 - np.tanh(C) ** 2) + da_o * self.p_o
        da_i, da_f = dC * C_tilde * i * (1 - i), dC * before.C * f * (1 - f)
        da_c = dC * i * (1 - C_tilde**2)
        dh_before = da_i @ self.W_hi + da_f @ self.W_hf + da_c @ self.W_hc + da_o @ self.W_ho
        dC_before = dC * f + da_i * self.p_i + da_f * self.p_f
        own = {"p_i": (da_i * before.C).sum(0), "p_f": (da_f * before.C).sum(0), "p_o": (da_o * C).sum(0)}
        return {"i": da_i, "f": da_f, "c": da_c, "o": da_o}, (dh_before, dC_before), own


class SlowMemoryRNN(Cell):
    """A simple RNN beside a memory of two units that follows h slowly: m_t = λ ⊙ m_{t−1} + (1 − λ) ⊙ W_mh h_t."""

    gates = ("h",)
    state_fields = ("h", "m")

    def shapes(self):
        return super().shapes() | {"W_hm": (self.hidden_size, 2), "W_mh": (2, self.hidden_size), "l": (2,)}

    def state_sizes(self):
        return {"h": self.hidden_size, "m": 2}

    def equations(self, x, h, m):
        h = np.tanh(x @ self.W_xh.T + h @ self.W_hh.T + self.b_h + m @ self.W_hm.T)
        keep = sigmoid(self.l)
        return {"h": h, "m": keep * m + (1 - keep) * (h @ self.W_mh.T)}

    def step_back(self, now, x, before, dh, dm):
        h, keep = now["h"], sigmoid(self.l)
        da = (dh + (dm * (1 - keep)) @ self.W_mh) * (1 - h**2)
        own = {
            "W_hm": da.T @ before.m,
            "W_mh": (dm * (1 - keep)).T @ h,
            "l": (dm * (before.m - h @ self.W_mh.T)).sum(0) * keep * (1 - keep),
        }
        return {"h": da}, (da @ self.W_hh, dm * keep + da @ self.W_hm), own


CELLS = (UpdateGateRNN, PeepholeLSTM, SlowMemoryRNN)
