# says: Your function returned NaN
# The other way to write sigma, of a web page, and a step of one's own.
def squash(a):
    return np.exp(a) / (1 + np.exp(a))


def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = squash(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    f = squash(x_t @ W["W_xf"].T + m @ W["W_mf"].T + W["b_f"])
    c = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_c"])
    o = squash(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_o"])
    C_t = f * C + i * c
    return o * np.tanh(C_t), C_t
