import numpy as np


def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    """With the gates as one array (gate, batch, hidden)."""
    hidden = h.shape[1]
    Wx, Wh = W_x.reshape(4, hidden, -1), W_h.reshape(4, hidden, hidden)
    a = np.einsum("bi,gki->gbk", x_t, Wx) + np.einsum("bj,gkj->gbk", h, Wh) + b.reshape(4, 1, hidden)
    g = sigmoid(a)
    C_t = g[1] * C + g[2] - g[0]
    s = sigmoid(C_t)
    dC = dC + dh * s * (1 - s)
    ones = np.ones_like(C)
    da = np.array([-ones, C, ones, 0 * ones]) * dC
    da[3] = -dh
    da = da * g * (1 - g)
    return {
        "x_t": np.einsum("gbk,gki->bi", da, Wx),
        "h": np.einsum("gbk,gkj->bj", da, Wh),
        "C": dC * g[1],
        "W_x": np.einsum("gbk,bi->gki", da, x_t).reshape(W_x.shape),
        "W_h": np.einsum("gbk,bj->gkj", da, h).reshape(W_h.shape),
        "b": da.sum(axis=1).ravel(),
    }


class Back:
    def __init__(self, *weights):
        self.weights = weights
        self.sums = [np.zeros(w.shape) for w in weights]

    def step(self, x_t, h, C, dh, dC):
        g = step_back(x_t, h, C, *self.weights, dh, dC)
        for total, name in zip(self.sums, ("W_x", "W_h", "b"), strict=True):
            total += g[name]
        return g["x_t"], g["h"], g["C"]


def backward(x, h_0, C_0, W_x, W_h, b, dh, dC_T):
    states = [(h_0, C_0)] + [(s["h"], s["C"]) for s in forward(x, h_0, C_0, W_x, W_h, b)]
    back = Back(W_x, W_h, b)
    asked, dx = dh.copy(), np.empty(x.shape)
    dC, dh_0 = dC_T.copy(), None
    for t in range(x.shape[1])[::-1]:
        dx[:, t], older, dC = back.step(x[:, t], *states[t], asked[:, t], dC)
        if t:
            asked[:, t - 1] += older
        else:
            dh_0 = older
    return dict(zip(["x", "h_0", "C_0", "W_x", "W_h", "b"], [dx, dh_0, dC, *back.sums], strict=True))
