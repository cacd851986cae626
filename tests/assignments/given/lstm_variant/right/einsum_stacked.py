import numpy as np


def step(x_t, h, C, W):
    names = "ifco"
    W_x = np.stack([W[f"W_x{g}"] for g in names])
    W_m = np.stack([W[f"W_m{g}"] for g in names])
    b = np.stack([W[f"b_{g}"] for g in names])
    m = np.einsum("hi,bi->bh", W["W_xm"], x_t) * np.einsum("hk,bk->bh", W["W_hm"], h)
    a = np.einsum("ghi,bi->gbh", W_x, x_t) + np.einsum("ghk,bk->gbh", W_m, m) + b[:, None]
    i, f, o = sigmoid(a[[0, 1, 3]])
    C = f * C + i * np.tanh(a[2])
    return o * np.tanh(C), C


def sequence(x, h_0, C_0, W):
    if x.shape[1] == 1:
        h, C = step(x[:, 0], h_0, C_0, W)
        return h[:, None], C
    before, C = sequence(x[:, :-1], h_0, C_0, W)
    h, C = step(x[:, -1], before[:, -1], C, W)
    return np.concatenate([before, h[:, None]], axis=1), C
