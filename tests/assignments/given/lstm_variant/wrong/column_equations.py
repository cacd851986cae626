# says: The line is `m = (W["W_xm"] @ x_t) * (W["W_hm"] @ h)`
# The equations are copied with the matrix on the left: W @ x_t for rows.
import numpy as np


def step(x_t, h, C, W):
    m = (W["W_xm"] @ x_t) * (W["W_hm"] @ h)
    i = sigmoid(W["W_xi"] @ x_t + W["W_mi"] @ m + W["b_i"])
    f = sigmoid(W["W_xf"] @ x_t + W["W_mf"] @ m + W["b_f"])
    C_tilde = np.tanh(W["W_xc"] @ x_t + W["W_mc"] @ m + W["b_c"])
    o = sigmoid(W["W_xo"] @ x_t + W["W_mo"] @ m + W["b_o"])
    C_t = f * C + i * C_tilde
    return o * np.tanh(C_t), C_t
