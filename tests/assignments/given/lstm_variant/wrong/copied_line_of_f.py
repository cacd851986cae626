# A copied line: the forget gate uses the weights W_mi of the input gate.
import numpy as np


def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = sigmoid(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    f = sigmoid(x_t @ W["W_xf"].T + m @ W["W_mi"].T + W["b_f"])
    C_tilde = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_c"])
    o = sigmoid(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_o"])
    C_t = f * C + i * C_tilde
    h_t = o * np.tanh(C_t)
    return h_t, C_t
