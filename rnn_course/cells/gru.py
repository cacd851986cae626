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
from numpy import add, multiply, subtract, tanh

from rnn_course import validate
from rnn_course.cells.base import Cell, Parameter, sigmoid


class GRU(Cell):
    """The gated recurrent unit: h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}.

    input_size, hidden_size: whole numbers of at least 1. reset_after: True resets after the matrix product (PyTorch),
    False before it (Cho et al. 2014, last version); the two are different functions. dtype: float64 or float32. seed:
    of the initial weights, uniform in ±1/√hidden_size. The state is `h (batch, hidden)`. Storage is stacked in
    PyTorch's order r, z, n; `b_hn (hidden,)` is kept apart and exists only with reset_after=True.
    """

    gates = ("r", "z", "n")
    torch_name = "GRU"

    W_xr, W_xz, W_xn = (Parameter("W_x", k) for k in range(3))
    W_hr, W_hz, W_hn = (Parameter("W_h", k) for k in range(3))
    b_r, b_z, b_n = (Parameter("b", k) for k in range(3))
    b_hn = Parameter("b_hn")

    def __init__(self, input_size, hidden_size, dtype=np.float64, seed=0, *, reset_after=True):
        self.reset_after = validate.one_of("reset_after", reset_after, (False, True))
        super().__init__(input_size, hidden_size, dtype, seed)

    def _shapes(self):
        return super()._shapes() | ({"b_hn": (self.hidden_size,)} if self.reset_after else {})

    def step(self, x_t, state=None):
        """One step. x_t: `(batch, input)`; state: `h (batch, hidden)`. Returns h_t and the new state, which is h_t."""
        x_t = self._check_x(x_t, ("batch", "input"))
        (h,) = self._check_state(state, len(x_t))

        r = sigmoid(x_t @ self.W_xr.T + h @ self.W_hr.T + self.b_r)
        z = sigmoid(x_t @ self.W_xz.T + h @ self.W_hz.T + self.b_z)
        if self.reset_after:
            n = np.tanh(x_t @ self.W_xn.T + self.b_n + r * (h @ self.W_hn.T + self.b_hn))
        else:
            n = np.tanh(x_t @ self.W_xn.T + self.b_n + (r * h) @ self.W_hn.T)
        h = (1 - z) * n + z * h

        return h, h.copy()

    _half = (0.5, 0.5, 1.0)

    def _walk(self, walk):
        """q holds what the reset gate is multiplied with, W_hn h + b_hn, or (reset before) what it gives, r ⊙ h."""
        P, h, W_h, hidden = (
            self._by_gate(walk.arrays["P"]),
            walk.arrays["h"],
            walk.weights["W_h_walk"],
            self.hidden_size,
        )
        G = walk.array("G", walk.time, 3, walk.batch, hidden, dtype=self.dtype)
        q = walk.array("q", walk.time, walk.batch, hidden, dtype=self.dtype)
        product = walk.array("product", walk.batch, 3 * hidden, dtype=self.dtype)
        to_rz, to_n = self._by_gate(product)[:2], self._by_gate(product)[2]
        W_rz, W_n = W_h[:, : 2 * hidden], W_h[:, 2 * hidden :]
        half = np.full_like(G[0, :2], 0.5)
        b_hn = np.tile(self.b_hn, (walk.batch, 1)) if self.reset_after else None
        views = P[:, :2], P[:, 2], G[:, :2], G[:, 0], G[:, 1], G[:, 2], q, h[:-1], h[1:]
        for t, P_rz, P_n, rz, r, z, n, q_t, h_before, h_t in walk.steps("forward", *views):
            if self.reset_after:
                h_before.dot(W_h, product)
            else:
                product[:, : 2 * hidden] = h_before @ W_rz
            add(P_rz, to_rz, rz)
            tanh(rz, rz)
            multiply(rz, half, rz)
            add(rz, half, rz)
            if self.reset_after:
                add(to_n, b_hn, q_t)
                multiply(r, q_t, n)
            else:
                multiply(r, h_before, q_t).dot(W_n, n)
            add(n, P_n, n)
            tanh(n, n)
            if walk.pad is not None:
                z[walk.pad[t]] = 1  # a sequence that has ended keeps its state
            subtract(h_before, n, h_t)
            multiply(h_t, z, h_t)
            add(h_t, n, h_t)

    def _local(self, walk, part, J):
        """Into J, in the order q, r, z, n, what each gate's ∂L/∂a is per unit of ∂L/∂h (reset before: q is left alone
        and r is per unit of ∂L/∂(r ⊙ h))."""
        G, q, h_before = walk.arrays["G"][part], walk.arrays["q"][part], walk.arrays["h"][:-1][part]
        r, z, n = G[:, 0], G[:, 1], G[:, 2]
        J_q, J_r, J_z, J_n = J.swapaxes(0, 1)
        np.multiply(np.subtract(1, G[:, :2], out=J[:, 1:3]), G[:, :2], out=J[:, 1:3])  # σ′ = σ (1 − σ)
        np.subtract(h_before, n, out=J_n)
        J_z *= J_n
        np.subtract(1, np.multiply(n, n, out=J_n), out=J_n)  # tanh′ = 1 − tanh²
        np.subtract(1, z, out=J_q)
        J_n *= J_q
        if self.reset_after:
            np.multiply(J_n, r, out=J_q)
            J_r *= J_n
            J_r *= q
        else:
            J_r *= h_before

    def _walk_back(self, walk, grad_h, grad_last):
        hidden, W_h = self.hidden_size, walk.weights["W_h"]
        W_nrz = np.concatenate([W_h[2 * hidden :], W_h[: 2 * hidden]])  # the rows in the order of D: q, r, z
        D = walk.array("D", walk.time, walk.batch, 4 * hidden, dtype=self.dtype)
        D_by_gate = self._by_gate(D)
        dh = grad_last[0].copy()
        back, scratch = np.empty_like(dh), np.empty_like(dh)
        parts = walk.chunks(D[0].nbytes)
        J = walk.array("J", parts[0].stop - parts[0].start, 4, *dh.shape, dtype=self.dtype)
        for part in parts:
            n = part.stop - part.start
            self._local(walk, part, J[:n])
            r, z = walk.arrays["G"][part, 0], walk.arrays["G"][part, 1]
            views = grad_h[part], J, D[part, :, : 3 * hidden], D_by_gate[part], r, z
            for _, grad_t, J_t, D_qrz, D_t, r_t, z_t in reversed(walk.steps(part.start, *views)):
                add(dh, grad_t, dh)
                if self.reset_after:
                    multiply(J_t, dh, D_t)
                    D_qrz.dot(W_nrz, back)
                else:
                    multiply(J_t[2:], dh, D_t[2:])
                    d_rh = D_t[3] @ W_h[2 * hidden :]
                    multiply(J_t[1], d_rh, D_t[1])
                    D_qrz[:, hidden:].dot(W_h[: 2 * hidden], back)
                    back += d_rh * r_t
                add(back, multiply(dh, z_t, scratch), back)
                dh, back = back, dh
        grad_x, parameters = self._gradients(walk, D[:, :, hidden:])
        return grad_x, dh, parameters

    def _recurrent_gradients(self, walk, _):
        """∂L/∂W_h, and ∂L/∂b_hn where there is one: what multiplies W_hn is q's gradient or r ⊙ h, not n's and h."""
        hidden, steps = self.hidden_size, walk.time * walk.batch
        h_before = walk.arrays["h"][:-1].reshape(steps, hidden)
        rows = walk.arrays["D"].reshape(steps, 4 * hidden)
        if self.reset_after:
            W_qrz = rows[:, : 3 * hidden].T @ h_before
            return {"W_h": np.concatenate([W_qrz[hidden:], W_qrz[:hidden]]), "b_hn": rows[:, :hidden].sum(0)}
        W_rz = rows[:, hidden : 3 * hidden].T @ h_before
        W_n = rows[:, 3 * hidden :].T @ walk.arrays["q"].reshape(steps, hidden)
        return {"W_h": np.concatenate([W_rz, W_n])}

    def _fields(self, walk):
        r, z, n = walk.arrays["G"].swapaxes(0, 1)
        return {"r": r, "z": z, "n": n, "h": walk.arrays["h"][1:]}
