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

    def __init__(self, input_size, hidden_size, reset_after=True, dtype=np.float64, seed=0):
        self.reset_after = bool(reset_after)
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

    def _halves(self):
        return np.repeat(np.array([0.5, 0.5, 1], self.dtype), self.hidden_size)

    def _gates(self, walk):
        """Views of r, z, n in G, each `(time, batch, hidden)`."""
        return np.split(walk.arrays["G"], 3, axis=2)

    def _walk(self, walk):
        """q holds what the reset gate is multiplied with, W_hn h + b_hn, or (reset before) what it gives, r ⊙ h."""
        G, h, W_h, hidden = walk.arrays["G"], walk.arrays["h"], walk.weights["W_h_walk"], self.hidden_size
        q = walk.array("q", walk.time, walk.batch, hidden, dtype=self.dtype)
        product = walk.array("product", walk.batch, 3 * hidden, dtype=self.dtype)
        to_gates, to_n = product[:, : 2 * hidden], product[:, 2 * hidden :]
        W_rz, W_n = W_h[:, : 2 * hidden], W_h[:, 2 * hidden :]
        steps = zip(G[:, :, : 2 * hidden], *self._gates(walk), q, h[:-1], h[1:], strict=True)
        for t, (gates, r, z, n, q_t, h_before, h_t) in enumerate(steps):
            if self.reset_after:
                np.matmul(h_before, W_h, out=product)
            else:
                np.matmul(h_before, W_rz, out=to_gates)
            gates += to_gates
            np.tanh(gates, out=gates)
            gates *= 0.5
            gates += 0.5
            if self.reset_after:
                np.add(to_n, self.b_hn, out=q_t)
                np.multiply(r, q_t, out=to_n)
            else:
                np.matmul(np.multiply(r, h_before, out=q_t), W_n, out=to_n)
            n += to_n
            np.tanh(n, out=n)
            if walk.pad is not None:
                z[walk.pad[t]] = 1  # a sequence that has ended keeps its state
            np.subtract(h_before, n, out=h_t)
            h_t *= z
            h_t += n

    def _local(self, walk, part, D):
        """Into D, in the order q, r, z, n, what each gate's ∂L/∂a is per unit of ∂L/∂h (reset before: q is left alone
        and r is per unit of ∂L/∂(r ⊙ h))."""
        r, z, n = (gate[part] for gate in self._gates(walk))
        q, h_before = walk.arrays["q"][part], walk.arrays["h"][:-1][part]
        D_q, D_r, D_z, D_n = np.split(D, 4, axis=2)
        np.multiply(np.subtract(1, r, out=D_r), r, out=D_r)
        np.multiply(np.subtract(1, z, out=D_z), z, out=D_z)
        np.subtract(h_before, n, out=D_n)
        D_z *= D_n
        np.subtract(1, np.multiply(n, n, out=D_n), out=D_n)
        np.subtract(1, z, out=D_q)
        D_n *= D_q
        if self.reset_after:
            np.multiply(D_n, r, out=D_q)
            D_r *= D_n
            D_r *= q
        else:
            D_r *= h_before

    def _walk_back(self, walk, grad_h, grad_last):
        hidden, W_h = self.hidden_size, walk.weights["W_h"]
        W_nrz = np.concatenate([W_h[2 * hidden :], W_h[: 2 * hidden]])  # the rows in the order of D: q, r, z
        D = walk.array("D", walk.time, walk.batch, 4 * hidden, dtype=self.dtype)
        r, z, _ = self._gates(walk)
        dh = grad_last[0].copy()
        back, scratch = np.empty_like(dh), np.empty_like(dh)
        for part in walk.chunks(D[0].nbytes):
            self._local(walk, part, D[part])
            for t in reversed(range(part.start, part.stop)):
                by_gate = D[t].reshape(walk.batch, 4, hidden)
                dh += grad_h[t]
                if self.reset_after:
                    by_gate *= dh[:, None]
                    np.matmul(D[t, :, : 3 * hidden], W_nrz, out=back)
                else:
                    by_gate[:, 2:] *= dh[:, None]
                    d_rh = by_gate[:, 3] @ W_h[2 * hidden :]
                    by_gate[:, 1] *= d_rh
                    np.matmul(D[t, :, hidden : 3 * hidden], W_h[: 2 * hidden], out=back)
                    back += d_rh * r[t]
                back += np.multiply(dh, z[t], out=scratch)
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
        r, z, n = self._gates(walk)
        return {"r": r, "z": z, "n": n, "h": walk.arrays["h"][1:]}
