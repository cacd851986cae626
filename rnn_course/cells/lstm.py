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
from numpy import add, multiply, tanh

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

    _half = (0.5, 0.5, 1.0, 0.5)

    def _states(self, walk, name):
        """Five blocks a step: the gates i, f, C̃, o, then C of the step before, so that i, f times C̃, C is one call."""
        if name == "C":
            G = walk.array("G", walk.time + 1, 5, walk.batch, self.hidden_size, dtype=self.dtype)
            walk.arrays["C"] = G[:, 4]
            return walk.arrays["C"]
        return super()._states(walk, name)

    def _walk(self, walk):
        P, G, h, W_h = self._by_gate(walk.arrays["P"]), walk.arrays["G"], walk.arrays["h"], walk.weights["W_h_walk"]
        tanh_C = walk.array("tanh_C", walk.time, walk.batch, self.hidden_size, dtype=self.dtype)
        product = walk.array("product", walk.batch, W_h.shape[1], dtype=self.dtype)
        product_by_gate = self._by_gate(product)
        pair = walk.array("pair", 2, *tanh_C.shape[1:], dtype=self.dtype)
        written, kept = pair
        half = np.empty_like(G[0, :4])
        half[:] = np.array(self._half)[:, None, None]
        rest = 1 - half
        rest[2] = 0
        views = P, G[:-1, :4], G[:-1, :2], G[:-1, 2::2], G[:-1, 3], G[1:, 4], tanh_C, h[:-1], h[1:]
        for t, P_t, gates, i_f, C_tilde_C, o, C_t, tanh_C_t, h_before, h_t in walk.steps("forward", *views):
            h_before.dot(W_h, product)
            add(P_t, product_by_gate, gates)
            tanh(gates, gates)
            multiply(gates, half, gates)
            add(gates, rest, gates)
            if walk.pad is not None:
                ended = walk.pad[t]  # i = 0, f = 1 and o = 0: a sequence that has ended keeps its C and shows nothing
                i_f[0, ended], i_f[1, ended], o[ended] = 0, 1, 0
            multiply(i_f, C_tilde_C, pair)
            add(written, kept, C_t)
            tanh(C_t, tanh_C_t)
            multiply(o, tanh_C_t, h_t)
            if walk.pad is not None:
                np.copyto(h_t, h_before, where=ended[:, None])

    def _local(self, walk, part, J, K):
        """For the steps of `part`: into J what a gate's ∂L/∂a is per unit of ∂L/∂C (i, f, C̃) or ∂L/∂h (o), into K
        what ∂L/∂C is per unit of ∂L/∂h."""
        G, tanh_C = walk.arrays["G"][part], walk.arrays["tanh_C"][part]
        i, C_tilde, o = G[:, 0], G[:, 2], G[:, 3]
        np.multiply(np.subtract(1, G[:, :4], out=J), G[:, :4], out=J)  # σ′ = σ (1 − σ)
        np.subtract(1, np.multiply(C_tilde, C_tilde, out=J[:, 2]), out=J[:, 2])  # tanh′ = 1 − tanh²
        J[:, :2] *= G[:, 2::2]
        J[:, 2] *= i
        J[:, 3] *= tanh_C
        np.subtract(1, np.multiply(tanh_C, tanh_C, out=K), out=K)
        K *= o

    def _walk_back(self, walk, grad_h, grad_last):
        W_h, f = walk.weights["W_h"], walk.arrays["G"][:-1, 1]
        D = walk.arrays["P"]  # used up on the way forward; its memory serves again
        D_by_gate = self._by_gate(D)
        dh, dC = (grad.copy() for grad in grad_last)
        back, scratch = np.empty_like(dh), np.empty_like(dh)
        parts = walk.chunks(D[0].nbytes)
        steps = parts[0].stop - parts[0].start
        J = walk.array("J", steps, 4, *dh.shape, dtype=self.dtype)
        K = walk.array("K", steps, *dh.shape, dtype=self.dtype)
        for part in parts:
            n = part.stop - part.start
            self._local(walk, part, J[:n], K[:n])
            views = grad_h[part], K, J[:, :3], J[:, 3], D[part], D_by_gate[part, :3], D_by_gate[part, 3], f[part]
            for t, grad_t, K_t, J_ifc, J_o, D_t, D_ifc, D_o, f_t in reversed(walk.steps(part.start, *views)):
                add(dh, grad_t, dh)
                add(dC, multiply(dh, K_t, scratch), dC)
                multiply(J_ifc, dC, D_ifc)
                multiply(J_o, dh, D_o)
                multiply(dC, f_t, dC)
                D_t.dot(W_h, back)
                if walk.pad is not None:
                    np.copyto(back, dh, where=walk.pad[part.start + t][:, None])
                dh, back = back, dh
        grad_x, parameters = self._gradients(walk, D)
        return grad_x, LSTMState(dh, dC), parameters

    def _fields(self, walk):
        i, f, C_tilde, o = walk.arrays["G"][:-1].swapaxes(0, 1)[:4]
        return {"i": i, "f": f, "C_tilde": C_tilde, "o": o, "C": walk.arrays["C"][1:], "h": walk.arrays["h"][1:]}
