import numpy as np


def step(x_t, h, C, W):
    """The equations as they stand, one column after the other; lists returned."""
    hs, Cs = [], []
    for x1, h1, C1 in zip(x_t, h, C, strict=True):
        m = (W["W_xm"] @ x1) * (W["W_hm"] @ h1)

        def gate(k, x1=x1, m=m):
            return W["W_x" + k] @ x1 + W["W_m" + k] @ m + W["b_" + k]

        C2 = sigmoid(gate("f")) * C1 + sigmoid(gate("i")) * np.tanh(gate("c"))
        hs.append(sigmoid(gate("o")) * np.tanh(C2))
        Cs.append(C2)
    return [hs, Cs]


def sequence(x, h_0, C_0, W):
    result = []
    h, C = h_0, C_0
    for t in range(x.shape[1]):
        h, C = step(x[:, t], h, C, W)
        result.append(h)
    return np.transpose(result, (1, 0, 2)).tolist(), C
