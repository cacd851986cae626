# says: The sequence starts from zeros
# says: You walk from the last step to the first
# The sequence is walked from its end, and from zeros.
def one(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = sigmoid(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    f = sigmoid(x_t @ W["W_xf"].T + m @ W["W_mf"].T + W["b_f"])
    c = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_c"])
    o = sigmoid(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_o"])
    C_t = f * C + i * c
    return o * np.tanh(C_t), C_t


def sequence(x, h_0, C_0, W):
    h, C = np.zeros_like(h_0), np.zeros_like(C_0)
    states = np.zeros((*x.shape[:2], h.shape[1]))
    for t in range(x.shape[1] - 1, -1, -1):
        h, C = one(x[:, t], h, C, W)
        states[:, t] = h
    return states, C
