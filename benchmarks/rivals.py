"""What the cells are compared with: a tutorial's LSTM, and a loop over PyTorch's LSTMCell."""

import numpy as np
import torch


def sigmoid(a):
    """σ as tutorials write it."""
    return 1 / (1 + np.exp(-a))


class TutorialLSTM:
    """An LSTM as tutorials write it: four gates apart, each with a product a step over (h, x) side by side."""

    def __init__(self, input_size, hidden_size, rng):
        bound = 1 / np.sqrt(hidden_size)
        shape = (hidden_size + input_size, hidden_size)
        self.W = {gate: rng.uniform(-bound, bound, shape).astype(np.float32) for gate in "ifco"}
        self.b = {gate: rng.uniform(-bound, bound, hidden_size).astype(np.float32) for gate in "ifco"}
        self.hidden_size = hidden_size

    def forward(self, x):
        """x (batch, time, input) -> h (batch, time, hidden)"""
        batch, time, _ = x.shape
        h = C = np.zeros((batch, self.hidden_size), np.float32)
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


def torch_pass(module, x, grad_h):
    """A call that runs a PyTorch sequence module forward and backward."""
    x = torch.from_numpy(x).requires_grad_()
    grad_h = torch.from_numpy(grad_h)

    def run():
        module.zero_grad(set_to_none=True)
        x.grad = None
        module(x)[0].backward(grad_h)

    return run


class CellLoop(torch.nn.Module):
    """A Python loop over torch.nn.LSTMCell."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.cell = torch.nn.LSTMCell(input_size, hidden_size)

    def forward(self, x):
        """x (batch, time, input) -> h (batch, time, hidden), and the last state"""
        h = C = x.new_zeros(x.shape[0], self.cell.hidden_size)
        outputs = []
        for x_t in x.unbind(1):
            h, C = self.cell(x_t, (h, C))
            outputs.append(h)
        return torch.stack(outputs, 1), (h, C)
