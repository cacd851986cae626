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

from rnn_course.cells.base import Cell, Parameter, sigmoid


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
    torch_name = "LSTM"
    _state_fields = ("h", "C")

    W_xi, W_xf, W_xc, W_xo = (Parameter("W_x", k) for k in range(4))
    W_hi, W_hf, W_hc, W_ho = (Parameter("W_h", k) for k in range(4))
    b_i, b_f, b_c, b_o = (Parameter("b", k) for k in range(4))

    def step(self, x_t, state=None):
        """One step. x_t: `(batch, input)`; state: `LSTMState(h, C)`. Returns h_t and the new state."""
        x_t = self._check_x(x_t, ("batch", "input"))
        h, C = self._check_state(state, len(x_t))

        i = sigmoid(x_t @ self.W_xi.T + h @ self.W_hi.T + self.b_i)
        f = sigmoid(x_t @ self.W_xf.T + h @ self.W_hf.T + self.b_f)
        C_tilde = np.tanh(x_t @ self.W_xc.T + h @ self.W_hc.T + self.b_c)
        o = sigmoid(x_t @ self.W_xo.T + h @ self.W_ho.T + self.b_o)
        C = f * C + i * C_tilde
        h = o * np.tanh(C)

        return h, LSTMState(h.copy(), C)

    def _named_fields(self, state, name):
        if not (isinstance(state, tuple) and len(state) == 2):
            raise TypeError(f"{name} is a {type(state).__name__}, an LSTM wants LSTMState(h, C)")
        return [(f"{name}.h", state[0]), (f"{name}.C", state[1])]

    def _pack_state(self, fields):
        return LSTMState(*fields)

    def _halves(self):
        return np.repeat(np.array([0.5, 0.5, 1, 0.5], self.dtype), self.hidden_size)

    def _gates(self, walk):
        """Views of i, f, C̃, o in G, each `(time, batch, hidden)`."""
        return np.split(walk.arrays["G"], 4, axis=2)

    def _walk(self, walk):
        G, h, C, W_h = walk.arrays["G"], walk.arrays["h"], walk.arrays["C"], walk.weights["W_h_walk"]
        tanh_C = walk.array("tanh_C", walk.time, walk.batch, self.hidden_size, dtype=self.dtype)
        product = walk.array("product", *G.shape[1:], dtype=self.dtype)
        scratch = walk.array("scratch", *h.shape[1:], dtype=self.dtype)
        half = self._halves()
        rest = np.repeat(np.array([0.5, 0.5, 0, 0.5], self.dtype), self.hidden_size)
        steps = zip(G, *self._gates(walk), h[:-1], h[1:], C[:-1], C[1:], tanh_C, strict=True)
        for t, (G_t, i, f, C_tilde, o, h_before, h_t, C_before, C_t, tanh_C_t) in enumerate(steps):
            np.matmul(h_before, W_h, out=product)
            G_t += product
            np.tanh(G_t, out=G_t)
            G_t *= half
            G_t += rest
            if walk.pad is not None:
                i[walk.pad[t]], f[walk.pad[t]], o[walk.pad[t]] = (
                    0,
                    1,
                    0,
                )  # a sequence that has ended keeps its C
            np.multiply(f, C_before, out=C_t)
            C_t += np.multiply(i, C_tilde, out=scratch)
            np.tanh(C_t, out=tanh_C_t)
            np.multiply(o, tanh_C_t, out=h_t)
            if walk.pad is not None:
                np.copyto(h_t, h_before, where=walk.pad[t][:, None])

    def _local(self, walk, part, D, K):
        """For the steps of `part`: into D what a gate's ∂L/∂a is per unit of ∂L/∂C (i, f, C̃) or ∂L/∂h (o), into K
        what ∂L/∂C is per unit of ∂L/∂h."""
        i, f, C_tilde, o = (gate[part] for gate in self._gates(walk))
        C_before, tanh_C = walk.arrays["C"][:-1][part], walk.arrays["tanh_C"][part]
        D_i, D_f, D_c, D_o = np.split(D, 4, axis=2)
        np.multiply(np.subtract(1, i, out=D_i), i, out=D_i)
        D_i *= C_tilde
        np.multiply(np.subtract(1, f, out=D_f), f, out=D_f)
        D_f *= C_before
        np.subtract(1, np.multiply(C_tilde, C_tilde, out=D_c), out=D_c)
        D_c *= i
        np.multiply(np.subtract(1, o, out=D_o), o, out=D_o)
        D_o *= tanh_C
        np.subtract(1, np.multiply(tanh_C, tanh_C, out=K), out=K)
        K *= o

    def _walk_back(self, walk, grad_h, grad_last):
        hidden, W_h = self.hidden_size, walk.weights["W_h"]
        D = walk.array("D", *walk.arrays["G"].shape, dtype=self.dtype)
        f = self._gates(walk)[1]
        dh, dC = (grad.copy() for grad in grad_last)
        back, scratch = np.empty_like(dh), np.empty_like(dh)
        dC_gates = dC[:, None]
        parts = walk.chunks(D[0].nbytes)
        room = walk.array("K", parts[0].stop - parts[0].start, *dh.shape, dtype=self.dtype)
        for part in parts:
            K = room[: part.stop - part.start]
            self._local(walk, part, D[part], K)
            by_gate = D[part].reshape(len(K), walk.batch, 4, hidden)
            for t in reversed(range(len(K))):
                dh += grad_h[part.start + t]
                dC += np.multiply(dh, K[t], out=scratch)
                by_gate[t, :, :3] *= dC_gates
                by_gate[t, :, 3] *= dh
                dC *= f[part.start + t]
                np.matmul(D[part.start + t], W_h, out=back)
                if walk.pad is not None:
                    np.copyto(back, dh, where=walk.pad[part.start + t][:, None])
                dh, back = back, dh
        grad_x, parameters = self._gradients(walk, D)
        return grad_x, LSTMState(dh, dC), parameters

    def _fields(self, walk):
        i, f, C_tilde, o = self._gates(walk)
        return {
            "i": i,
            "f": f,
            "C_tilde": C_tilde,
            "o": o,
            "C": walk.arrays["C"][1:],
            "h": walk.arrays["h"][1:],
        }
