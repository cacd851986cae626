# says: `h_t` and `C_t` have changed places.
# says: h and C have changed places throughout
# The two results are returned in the other order.
import numpy as np


def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = sigmoid(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    f = sigmoid(x_t @ W["W_xf"].T + m @ W["W_mf"].T + W["b_f"])
    C_tilde = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_c"])
    o = sigmoid(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_o"])
    C_t = f * C + i * C_tilde
    h_t = o * np.tanh(C_t)
    return C_t, h_t


def sequence(x, h_0, C_0, W):
    h, C = h_0, C_0
    hs = []
    for t in range(x.shape[1]):
        h, C = step(x[:, t], h, C, W)
        hs.append(h)
    return np.stack(hs, axis=1), C
