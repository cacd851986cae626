# says: All the other numbers are right.
# An own sigmoid e^a/(1+e^a), which is NaN for large numbers.
import numpy as np


def sigma(a):
    return np.exp(a) / (1 + np.exp(a))


def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = sigma(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    f = sigma(x_t @ W["W_xf"].T + m @ W["W_mf"].T + W["b_f"])
    C_tilde = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_c"])
    o = sigma(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_o"])
    C_t = f * C + i * C_tilde
    h_t = o * np.tanh(C_t)
    return h_t, C_t
