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

    # The walk has the gates in the order o, i, f, C̃ and after them C of the step before, so that i, f lie together and
    # C̃, C, which they are multiplied with, do too.

    def _walked(self, stacked):
        return np.concatenate([stacked[-self.hidden_size :], stacked[: -self.hidden_size]])

    def _stored(self, rows):
        return np.concatenate([rows[self.hidden_size :], rows[: self.hidden_size]])

    def _blocks(self, walk, name, steps, *blocks):
        """A working array with so many blocks of `(batch, hidden)` a step."""
        return walk.array(name, steps, *blocks, walk.batch, self.hidden_size, dtype=self.dtype)

    def _states(self, walk, name):
        if name == "C":
            walk.arrays["C"] = self._blocks(walk, "G", walk.time + 1, 5)[:, 4]
            return walk.arrays["C"]
        return super()._states(walk, name)

    def _chunks(self, walk):
        """The walk's chunks and the number of steps in the longest."""
        chunks = walk.chunks(8 * walk.batch * self.hidden_size * self.dtype.itemsize)
        return chunks, chunks[0].stop - chunks[0].start

    def _walk(self, walk):
        """Worked out a chunk of steps at a time, in arrays that stay in cache, and then stored with the others. Where
        one chunk is all there is, it is worked out in place."""
        chunks, size = self._chunks(walk)
        stored = {name: walk.arrays[name] for name in ("P", "G", "h")}
        stored["tanh_C"] = self._blocks(walk, "tanh_C", walk.time)
        chunk = stored if len(chunks) == 1 else self._room(walk, size)
        if "forward" not in walk.views:
            walk.views["forward"] = self._forward_views(**chunk)
        for part in reversed(chunks):
            here, after = slice(0, part.stop - part.start), slice(1, part.stop - part.start + 1)
            if chunk is not stored:
                chunk["P"][here] = stored["P"][part]
                chunk["G"][0, 4], chunk["h"][0] = stored["G"][part.start, 4], stored["h"][part.start]
            self._walk_chunk(walk, part)
            if chunk is not stored:
                stored["G"][part, :4], stored["tanh_C"][part] = chunk["G"][here, :4], chunk["tanh_C"][here]
                stored["G"][1:, 4][part], stored["h"][1:][part] = chunk["G"][after, 4], chunk["h"][after]

    def _room(self, walk, size):
        """Arrays for a chunk of `size` steps."""
        return {
            "P": walk.array("P of a chunk", size, walk.batch, 4 * self.hidden_size, dtype=self.dtype),
            "G": self._blocks(walk, "G of a chunk", size + 1, 5),
            "h": self._blocks(walk, "h of a chunk", size + 1),
            "tanh_C": self._blocks(walk, "tanh_C of a chunk", size),
        }

    def _forward_views(self, P, G, h, tanh_C):
        """What `_walk_chunk` works on, a tuple a step: P by gate, h before, and then views of G, tanh C and h."""
        o_i_f, i_f, C_tilde_C = G[:, :3], G[:, 1:3], G[:, 3:]
        views = self._by_gate(P), h, G[:, :4], o_i_f, i_f, C_tilde_C, G[1:, 4], G[:, 0], tanh_C, h[1:]
        return list(zip(*views, strict=False))

    def _walk_chunk(self, walk, part):
        """The equations: the products, σ(a) = ½ + ½ tanh(a/2), i ⊙ C̃ and f ⊙ C in one call, their sum, and h."""
        W_h, pad = walk.weights["W_h_walk"], walk.pad
        product = walk.array("product", walk.batch, W_h.shape[1], dtype=self.dtype)
        product_by_gate, half = self._by_gate(product), np.array(0.5, self.dtype)
        written, kept = both = self._blocks(walk, "written and kept", 2)
        steps = walk.views["forward"][: part.stop - part.start]
        for t, (P_t, h_before, gates, o_i_f, i_f, C_tilde_C, C_t, o, tanh_C_t, h_t) in enumerate(steps, part.start):
            h_before.dot(W_h, product)
            add(P_t, product_by_gate, gates)
            tanh(gates, gates)
            multiply(o_i_f, half, o_i_f)
            add(o_i_f, half, o_i_f)
            if pad is not None:  # i = 0, f = 1 and o = 0: a sequence that has ended keeps its C and shows nothing
                o_i_f[0, pad[t]], i_f[0, pad[t]], i_f[1, pad[t]] = 0, 0, 1
            multiply(i_f, C_tilde_C, both)
            add(written, kept, C_t)
            tanh(C_t, tanh_C_t)
            multiply(o, tanh_C_t, h_t)
            if pad is not None:
                np.copyto(h_t, h_before, where=pad[t][:, None])

    def _local(self, walk, part, J):
        """Into J, in the order C, o, i, f, C̃, C before, what ∂L/∂C, a gate's ∂L/∂a and ∂L/∂C of the step before are
        per unit of ∂L/∂h (the first two) or of ∂L/∂C (the others), for the steps of `part`."""
        G, tanh_C = walk.arrays["G"][:-1][part], walk.arrays["tanh_C"][part]
        o, i, f, C_tilde = (G[:, k] for k in range(4))
        J_C, J_o, J_i_f, J_c, J_before = J[:, 0], J[:, 1], J[:, 2:4], J[:, 4], J[:, 5]
        np.multiply(np.subtract(1, G[:, :3], out=J[:, 1:4]), G[:, :3], out=J[:, 1:4])  # σ′ = σ (1 − σ)
        J_o *= tanh_C
        J_i_f *= G[:, 3:]
        np.subtract(1, np.multiply(C_tilde, C_tilde, out=J_c), out=J_c)  # tanh′ = 1 − tanh²
        J_c *= i
        np.subtract(1, np.multiply(tanh_C, tanh_C, out=J_C), out=J_C)
        J_C *= o
        J_before[:] = f

    def _walk_back(self, walk, grad_h, grad_last):
        chunks, size = self._chunks(walk)
        stored_D = walk.arrays["P"]  # used up on the way forward; its memory serves again
        D, grad, J = stored_D, grad_h, self._blocks(walk, "J", size, 6)
        if len(chunks) > 1:
            D = walk.array("D of a chunk", size, walk.batch, 4 * self.hidden_size, dtype=self.dtype)
            grad = self._blocks(walk, "grad_h of a chunk", size)
        D_by_gate, W_h = self._by_gate(D), walk.weights["W_h"]
        views = grad, J[:, 0], J[:, 1], J[:, 2:5], J[:, 5], D, D_by_gate[:, 0], D_by_gate[:, 1:]
        steps = walk.steps("backward", *views)
        dh, dC = (grad.copy() for grad in grad_last)
        back, scratch = np.empty_like(dh), np.empty_like(dh)
        for part in chunks:
            n = part.stop - part.start
            self._local(walk, part, J[:n])
            if grad is not grad_h:
                grad[:n] = grad_h[part]
            for k, grad_t, J_C, J_o, J_ifc, J_before, D_t, D_o, D_ifc in reversed(steps[:n]):
                add(dh, grad_t, dh)
                add(dC, multiply(dh, J_C, scratch), dC)
                multiply(J_o, dh, D_o)
                multiply(J_ifc, dC, D_ifc)
                multiply(dC, J_before, dC)
                D_t.dot(W_h, back)
                if walk.pad is not None:
                    np.copyto(back, dh, where=walk.pad[part.start + k][:, None])
                dh, back = back, dh
            if D is not stored_D:
                stored_D[part] = D[:n]
        grad_x, parameters = self._gradients(walk, stored_D)
        return grad_x, LSTMState(dh, dC), parameters

    def _fields(self, walk):
        o, i, f, C_tilde = walk.arrays["G"][:-1].swapaxes(0, 1)[:4]
        return {"i": i, "f": f, "C_tilde": C_tilde, "o": o, "C": walk.arrays["C"][1:], "h": walk.arrays["h"][1:]}
