import numpy as np


def step(x_t, h, C, W):
    m = W["W_xm"].dot(x_t.T) * W["W_hm"].dot(h.T)
    a = {g: W["W_x" + g].dot(x_t.T) + W["W_m" + g].dot(m) + W["b_" + g].reshape(-1, 1) for g in ("i", "f", "c", "o")}
    new = C.copy().T
    new *= sigmoid(a["f"])
    new += sigmoid(a["i"]) * np.tanh(a["c"])
    return (sigmoid(a["o"]) * np.tanh(new)).T, new.T


def sequence(x, h_0, C_0, W):
    C = C_0
    h = np.concatenate([h_0[:, None], np.zeros((*x.shape[:2], h_0.shape[1]))], axis=1)
    for t in range(x.shape[1]):
        h[:, t + 1], C = step(x[:, t], h[:, t], C, W)
    return h[:, 1:], C
