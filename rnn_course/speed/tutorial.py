"""The lowest rung: an LSTM as tutorials write it."""

import numpy as np


def sigmoid(a):
    """σ as tutorials write it."""
    return 1 / (1 + np.exp(-a))


class TutorialLSTM:
    """An LSTM as tutorials write it: four gates apart, each with a product a step over (h, x) side by side.

    W: `{gate: (hidden + input, hidden)}` and b: `{gate: (hidden,)}` for the gates i, f, c and o.
    """

    def __init__(self, input_size, hidden_size, rng):
        bound = 1 / np.sqrt(hidden_size)
        shape = (hidden_size + input_size, hidden_size)
        self.W = {gate: rng.uniform(-bound, bound, shape).astype(np.float32) for gate in "ifco"}
        self.b = {gate: rng.uniform(-bound, bound, hidden_size).astype(np.float32) for gate in "ifco"}
        self.hidden_size = hidden_size

    @classmethod
    def from_parameters(cls, W_x, W_h, b):
        """The same function as a cell with these stacked arrays, the gates in the order i, f, C̃, o."""
        tutorial = cls(W_x.shape[1], W_h.shape[1], np.random.default_rng(0))
        for gate, *parts in zip("ifco", np.split(W_x, 4), np.split(W_h, 4), np.split(b, 4), strict=True):
            tutorial.W[gate] = np.concatenate([parts[1].T, parts[0].T])
            tutorial.b[gate] = parts[2]
        return tutorial

    def forward(self, x):
        """x (batch, time, input) -> h (batch, time, hidden)"""
        batch, time, _ = x.shape
        h = C = np.zeros((batch, self.hidden_size), x.dtype)
        self.memory, outputs = [], []
        for t in range(time):
            hx = np.concatenate([h, x[:, t]], axis=1)
            i = sigmoid(hx @ self.W["i"] + self.b["i"])
            f = sigmoid(hx @ self.W["f"] + self.b["f"])
            c = np.tanh(hx @ self.W["c"] + self.b["c"])
            o = sigmoid(hx @ self.W["o"] + self.b["o"])
            self.memory.append((hx, i, f, c, o, C))
            C = f * C + i * c
            h = o * np.tanh(C)
            outputs.append(h)
        return np.stack(outputs, axis=1)

    def backward(self, grad_h):
        """∂L/∂x and the weights' gradients by gate, from ∂L/∂h of every step"""
        grad_W = {gate: np.zeros_like(w) for gate, w in self.W.items()}
        grad_b = {gate: np.zeros_like(b) for gate, b in self.b.items()}
        back = dC = np.zeros_like(grad_h[:, 0])
        grad_x = []
        for t in reversed(range(grad_h.shape[1])):
            hx, i, f, c, o, C_before = self.memory[t]
            C = f * C_before + i * c
            dh = grad_h[:, t] + back
            dC = dC + dh * o * (1 - np.tanh(C) ** 2)
            da = {
                "i": dC * c * i * (1 - i),
                "f": dC * C_before * f * (1 - f),
                "c": dC * i * (1 - c**2),
                "o": dh * np.tanh(C) * o * (1 - o),
            }
            d_hx = 0
            for gate, a in da.items():
                grad_W[gate] += hx.T @ a
                grad_b[gate] += a.sum(axis=0)
                d_hx = d_hx + a @ self.W[gate].T
            back, d_x = d_hx[:, : self.hidden_size], d_hx[:, self.hidden_size :]
            grad_x.insert(0, d_x)
            dC = dC * f
        return np.stack(grad_x, axis=1), grad_W, grad_b
