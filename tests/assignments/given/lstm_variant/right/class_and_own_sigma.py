import numpy as np


class Cell:
    def __init__(self, W):
        self.W = W
        self.sigma = lambda a: 1.0 / (1.0 + np.exp(-a))

    def gate(self, k, x, m):
        return np.dot(x, self.W["W_x" + k].T) + np.dot(m, self.W["W_m" + k].T) + self.W["b_" + k]

    def __call__(self, x, h, C):
        m = np.multiply(x @ self.W["W_xm"].T, h @ self.W["W_hm"].T)
        C = self.sigma(self.gate("f", x, m)) * C + self.sigma(self.gate("i", x, m)) * np.tanh(self.gate("c", x, m))
        return self.sigma(self.gate("o", x, m)) * np.tanh(C), C


def step(x_t, h, C, W):
    return Cell(W)(x_t, h, C)


def sequence(x, h_0, C_0, W):
    cell, states, C = Cell(W), [h_0], C_0
    for t in range(x.shape[1]):
        h, C = cell(x[:, t], states[-1], C)
        states.append(h)
    return np.stack(states[1:], axis=1), C
