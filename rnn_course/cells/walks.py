"""The fast walks of the course's own cells: the same equations, arranged for speed. Read the cells first.

What is arranged, and why:

* what does not wait for the step before is done for all steps at once: x W_xᵀ + b before the loop; before the loop
  back, what ∂L/∂a is per unit of ∂L/∂h or ∂L/∂C (`J`, the local derivatives);
* each gate's values lie together, `G (time, gates, batch, hidden)`, in the order of storage;
* σ(a) = ½ + ½ tanh(a/2), so that one tanh in place serves all gates: the weights of the σ gates are halved first;
* in the loops the last argument of a call is where its result goes: naming it `out=` costs a third of a small sum.

The gain over a walk through `equations` and `step_back` is measured by `python -m benchmarks`; a test holds both equal.
"""

import numpy as np
from numpy import add, multiply, subtract, tanh

from rnn_course import scan
from rnn_course.cells.walk import Walk


class GatedWalk(Walk):
    """What the fast walks share."""

    sigma = ()  # for each gate whether it is squashed by σ

    def arranged(self):
        """The input's sums P = x W_xᵀ + b by gate, `(time, gates, batch, hidden)`, and W_hᵀ, with σ's gates halved."""
        cell, half = self.cell, self.kept("half", self.halves)
        self.P = self.room("P", self.time, self.batch, len(half))  # used up on the way forward; its memory serves again
        rows = self.P.reshape(-1, len(half))
        W_x1 = np.concatenate([cell.W_x, cell.b[:, None]], axis=1)
        np.matmul(self.x1.reshape(len(rows), -1), (W_x1 * half).T, rows)
        return self.by_gate(self.P), np.ascontiguousarray((cell.W_h * half).T)

    def halves(self):
        """½ for each row of a σ gate and 1 for the others, `(gates · hidden, 1)`."""
        return np.repeat(np.where(self.sigma, 0.5, 1), self.cell.hidden_size).astype(self.cell.dtype)[:, None]

    def by_gate(self, rows):
        """`(…, batch, gates · hidden)` seen as `(…, gates, batch, hidden)`."""
        return rows.reshape(*rows.shape[:-1], -1, self.cell.hidden_size).swapaxes(-3, -2)

    def ends(self):
        """For each step `(batch, 1)`, True for the sequences that have ended; None for every step without lengths."""
        return [None] * self.time if self.pad is None else list(self.pad[:, :, None])

    def still(self, local):
        """Nothing goes back from a step into the gates of a sequence that has ended."""
        if self.pad is not None:
            local.swapaxes(1, -2)[self.pad] = 0


def slope_of_sigmoid(s, out):
    """σ′ = σ (1 − σ), from σ's value."""
    return multiply(subtract(1, s, out), s, out)


def slope_of_tanh(s, out):
    """tanh′ = 1 − tanh², from tanh's value."""
    return subtract(1, multiply(s, s, out), out)


class SimpleRNNWalk(GatedWalk):
    """h_t = φ(P_t + W_hh h_{t−1})."""

    sigma = (False,)

    def forward(self):
        """Fill `states`; keep a = P + W_hh h."""
        (P, W), h = self.arranged(), self.states["h"]
        phi = tanh if self.cell.nonlinearity == "tanh" else relu
        product = self.room("product", self.batch, self.cell.hidden_size)
        steps = self.steps("forward", P[:, 0], h[:-1], h[1:])
        for (a, h_before, h_t), ended in zip(steps, self.ends(), strict=True):
            phi(add(a, h_before.dot(W, product), a), h_t)
            if ended is not None:
                np.copyto(h_t, h_before, where=ended)

    def backward(self, grad_h, grads):
        """See `Walk.backward`."""
        h, (dh,) = self.states["h"][1:], (grads[0].copy(),)
        D = self.room("D", *h.shape)
        slope_of_tanh(h, D) if self.cell.nonlinearity == "tanh" else np.copyto(D, h > 0)
        self.still(D)
        back, W = np.empty_like(dh), self.cell.W_h
        for (grad_t, D_t), ended in zip(self.steps("backward", grad_h, D)[::-1], self.ends()[::-1], strict=True):
            add(dh, grad_t, dh)
            multiply(D_t, dh, D_t).dot(W, back)
            if ended is not None:
                np.copyto(back, dh, where=ended)
            dh, back = back, dh
        return D, (dh,), {}

    def trace(self):
        """See `Walk.trace`."""
        return {"a": self.P, "h": self.states["h"][1:]}


def relu(a, out):
    """max(a, 0)."""
    return np.maximum(a, 0, out=out)


class LSTMWalk(GatedWalk):
    """C_t = f ⊙ C_{t−1} + i ⊙ C̃, h_t = o ⊙ tanh(C_t)."""

    sigma = (True, True, False, True)

    def forward(self):
        """Fill `states`; keep the gates G and tanh C."""
        (P, W), h, C = self.arranged(), self.states["h"], self.states["C"]
        self.G, self.tanh_C = self.room("G", *P.shape), self.room("tanh_C", *C[1:].shape)
        product, written = self.room("product", self.batch, W.shape[1]), self.room("written", *C[0].shape)
        product_by_gate = self.by_gate(product)
        scale, shift = self.kept("scale and shift", self.scale_and_shift)
        views = P, self.G, *self.G.swapaxes(0, 1), C[:-1], C[1:], self.tanh_C, h[:-1], h[1:]
        for step, ended in zip(self.steps("forward", *views), self.ends(), strict=True):
            P_t, G_t, i, f, C_tilde, o, C_before, C_t, tanh_C_t, h_before, h_t = step
            h_before.dot(W, product)
            tanh(add(P_t, product_by_gate, G_t), G_t)
            add(multiply(G_t, scale, G_t), shift, G_t)
            multiply(f, C_before, C_t)
            add(C_t, multiply(i, C_tilde, written), C_t)
            multiply(o, tanh(C_t, tanh_C_t), h_t)
            if ended is not None:
                np.copyto(C_t, C_before, where=ended)
                np.copyto(h_t, h_before, where=ended)

    def scale_and_shift(self):
        """From tanh(a/2) to σ(a): ½ and ½ for σ's gates, 1 and 0 for the candidate, each `(gates, batch, hidden)`."""
        half = self.kept("half", self.halves).reshape(4, 1, -1)
        scale = np.tile(half, (1, self.batch, 1))
        return scale, 1 - scale

    def local(self):
        """What ∂L/∂C_t is per unit of ∂L/∂h_t, and ∂L/∂a per unit of ∂L/∂h_t (o) or of ∂L/∂C_t (i, f, C̃)."""
        i, _, C_tilde, o = self.G.swapaxes(0, 1)
        J = slope_of_sigmoid(self.G, self.room("J", *self.G.shape))
        J_i, J_f, J_c, J_o = J.swapaxes(0, 1)
        J_i *= C_tilde
        J_f *= self.states["C"][:-1]
        multiply(slope_of_tanh(C_tilde, J_c), i, J_c)
        J_o *= self.tanh_C
        J_C = slope_of_tanh(self.tanh_C, self.room("J_C", *self.tanh_C.shape))
        J_C *= o
        self.still(J)
        self.still(J_C)
        return J, J_C

    def backward(self, grad_h, grads):
        """See `Walk.backward`."""
        (J, J_C), W = self.local(), self.cell.W_h
        D, (dh, dC) = self.P, (grad.copy() for grad in grads)
        h_back, C_back = np.empty_like(dh), np.empty_like(dC)
        D_by_gate = self.by_gate(D)
        views = grad_h, J[:, :3], J[:, 3], J_C, self.G[:, 1], D, D_by_gate[:, :3], D_by_gate[:, 3]
        for step, ended in zip(self.steps("backward", *views)[::-1], self.ends()[::-1], strict=True):
            grad_t, J_ifc, J_o, J_C_t, f, D_t, D_ifc, D_o = step
            add(dh, grad_t, dh)
            add(dC, multiply(dh, J_C_t, C_back), dC)
            multiply(J_ifc, dC, D_ifc)
            multiply(J_o, dh, D_o)
            multiply(dC, f, C_back)
            D_t.dot(W, h_back)
            if ended is not None:
                np.copyto(C_back, dC, where=ended)
                np.copyto(h_back, dh, where=ended)
            dh, h_back, dC, C_back = h_back, dh, C_back, dC
        return D, (dh, dC), {}

    def trace(self):
        """See `Walk.trace`."""
        gates = dict(zip(("i", "f", "C_tilde", "o"), self.G.swapaxes(0, 1), strict=True))
        return gates | {"C": self.states["C"][1:], "h": self.states["h"][1:]}


class GRUWalk(GatedWalk):
    """h_t = n + z ⊙ (h_{t−1} − n). What the reset gate acts on or gives is q: W_hn h_{t−1} + b_hn, which r multiplies
    (reset after), or r ⊙ h_{t−1}, which W_hn multiplies (reset before)."""

    sigma = (True, True, False)

    def forward(self):
        """Fill `states`; keep the gates G and q."""
        (P, W), h, hidden, after = self.arranged(), self.states["h"], self.cell.hidden_size, self.cell.reset_after
        self.G, self.q = self.room("G", *P.shape), self.room("q", *h[1:].shape)
        W_first, W_n = (W, None) if after else np.split(W, [2 * hidden], axis=1)
        b_hn = np.tile(self.cell.b_hn, (self.batch, 1)) if after else None
        product = self.room("product", self.batch, W_first.shape[1])
        product_by_gate, half = self.by_gate(product), np.full_like(self.G[0, :2], 0.5)
        to_rz, to_q = product_by_gate[:2], product_by_gate[-1]
        views = P[:, :2], P[:, 2], self.G[:, :2], *self.G.swapaxes(0, 1), self.q, h[:-1], h[1:]
        for step, ended in zip(self.steps("forward", *views), self.ends(), strict=True):
            P_rz, P_n, rz, r, z, n, q, h_before, h_t = step
            h_before.dot(W_first, product)
            tanh(add(P_rz, to_rz, rz), rz)
            add(multiply(rz, half, rz), half, rz)
            if after:
                multiply(r, add(to_q, b_hn, q), n)
            else:
                multiply(r, h_before, q).dot(W_n, n)
            tanh(add(n, P_n, n), n)
            add(multiply(subtract(h_before, n, h_t), z, h_t), n, h_t)
            if ended is not None:
                np.copyto(h_t, h_before, where=ended)

    def local(self):
        """What ∂L/∂a_z and ∂L/∂a_n are per unit of ∂L/∂h_t, and ∂L/∂a_r per unit of what comes back to it: ∂L/∂h_t or
        (reset before) ∂L/∂q. With reset after there is ∂L/∂q per unit of ∂L/∂h_t in the place of n's."""
        r, z, n = self.G.swapaxes(0, 1)
        h_before = self.states["h"][:-1]
        J, J_n = self.room("J", *self.G.shape), self.room("J_n", *n.shape)
        J_r, J_z, J_q = J.swapaxes(0, 1)
        slope_of_sigmoid(self.G[:, :2], J[:, :2])
        J_z *= subtract(h_before, n, J_n)
        multiply(slope_of_tanh(n, J_n), subtract(1, z, J_q), J_n)
        if self.cell.reset_after:
            J_r *= self.q
            J_r *= J_n
            multiply(J_n, r, J_q)
        else:
            J_r *= h_before
        self.still(J)
        self.still(J_n)
        return J, J_n

    def backward(self, grad_h, grads):
        """See `Walk.backward`."""
        (J, J_n), W, dh, hidden = self.local(), self.cell.W_h, grads[0].copy(), self.cell.hidden_size
        D, back, scratch = self.P, np.empty_like(dh), np.empty_like(dh)
        views = grad_h, J, J_n, *self.G.swapaxes(0, 1)[:2], D, self.by_gate(D)
        for step, ended in zip(self.steps("backward", *views)[::-1], self.ends()[::-1], strict=True):
            grad_t, J_t, J_n_t, r, z, D_t, D_by_gate = step
            add(dh, grad_t, dh)
            multiply(J_n_t, dh, J_n_t)
            if self.cell.reset_after:
                multiply(J_t, dh, D_by_gate)
                D_t.dot(W, back)
            else:
                dq = J_n_t @ W[2 * hidden :]
                multiply(J_t[0], dq, D_by_gate[0])
                multiply(J_t[1], dh, D_by_gate[1])
                add(D_t[:, : 2 * hidden] @ W[: 2 * hidden], multiply(dq, r, dq), back)
            add(back, multiply(dh, z, scratch), back)
            if ended is not None:
                np.copyto(back, dh, where=ended)
            dh, back = back, dh
        own = self.own_gradients(D.reshape(self.time * self.batch, -1), J_n.reshape(-1, hidden))
        D[:, :, 2 * hidden :] = J_n  # by now ∂L/∂a_n; with reset after ∂L/∂q was there
        return D, (dh,), own

    def own_gradients(self, D, da_n):
        """∂L/∂W_h and ∂L/∂b_hn: what multiplies W_hn is ∂L/∂q and h_{t−1}, or ∂L/∂a_n and q."""
        hidden = self.cell.hidden_size
        h_before, q = (values.reshape(len(D), -1) for values in (self.states["h"][:-1], self.q))
        if self.cell.reset_after:
            return {"W_h": D.T @ h_before, "b_hn": D[:, 2 * hidden :].sum(0)}
        return {"W_h": np.concatenate([D[:, : 2 * hidden].T @ h_before, da_n.T @ q])}

    def trace(self):
        """See `Walk.trace`."""
        r, z, n = self.G.swapaxes(0, 1)
        return {"r": r, "z": z, "n": n, "h": self.states["h"][1:]}


class MinGRUWalk(Walk):
    """h_t = a_t ⊙ h_{t−1} + z_t ⊙ n_t with a = 1 − z, linear in h: all gates at once, and then a `scan` or a `loop`."""

    def forward(self):
        """Fill `states`; keep z, n and a = 1 − z."""
        cell, h = self.cell, self.states["h"]
        rows, shape = self.x.reshape(self.time * self.batch, -1), h[1:].shape
        z, n, a, b = (self.room(name, *shape) for name in "znab")
        for W, out in ((cell.W_xz, z), (cell.W_xn, n)):
            np.matmul(rows, W.T, out.reshape(len(rows), -1))
        n += cell.b_n
        z += cell.b_z
        z *= 0.5
        add(multiply(tanh(z, z), 0.5, z), 0.5, z)
        if self.pad is not None:
            z[self.pad] = 0  # a sequence that has ended keeps its state
        self.z, self.n, self.a = z, n, subtract(1, z, a)
        scan.WALKS[cell.method](a, multiply(z, n, b), h[0], h[1:])

    def backward(self, grad_h, grads):
        """See `Walk.backward`. The same recurrence from the end: with g = ∂L/∂h, g_t = ∂⁺L/∂h_t + a_{t+1} g_{t+1}."""
        z, n, a, g = self.z, self.n, self.a, self.room("g", *grad_h.shape)
        g[-1] = grad_h[-1] + grads[0]
        if self.time > 1:
            scan.WALKS[self.cell.method](a[1:], grad_h[:-1], g[-1], g[:-1], reverse=True)
        D = self.room("D", self.time, self.batch, 2, n.shape[2])
        da_z, da_n = D[:, :, 0], D[:, :, 1]
        multiply(g, z, da_n)
        subtract(n, self.states["h"][:-1], da_z)
        da_z *= a
        da_z *= da_n
        return D.reshape(self.time, self.batch, -1), (a[0] * g[0],), {}

    def trace(self):
        """See `Walk.trace`."""
        return {"z": self.z, "n": self.n, "h": self.states["h"][1:]}
