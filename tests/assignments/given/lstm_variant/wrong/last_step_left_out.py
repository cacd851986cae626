# says: Along axis 1 only the last entry is wrong. What is not right is 0.
# The loop ends one step early; the last state stays zero.
import numpy as np


def one_step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = sigmoid(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    f = sigmoid(x_t @ W["W_xf"].T + m @ W["W_mf"].T + W["b_f"])
    C_tilde = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_c"])
    o = sigmoid(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_o"])
    C_t = f * C + i * C_tilde
    h_t = o * np.tanh(C_t)
    return h_t, C_t


def sequence(x, h_0, C_0, W):
    batch, time, _ = x.shape
    out = np.zeros((batch, time, h_0.shape[1]))
    h, C = h_0, C_0
    for t in range(time - 1):
        h, C = one_step(x[:, t], h, C, W)
        out[:, t] = h
    return out, C
