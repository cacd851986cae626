# The bias of the first line was copied.
def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = sigmoid(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    f = sigmoid(x_t @ W["W_xf"].T + m @ W["W_mf"].T + W["b_i"])
    c = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_i"])
    o = sigmoid(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_i"])
    C_t = f * C + i * c
    return o * np.tanh(C_t), C_t
