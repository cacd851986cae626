# says: The biases are missing
# says: i_t and f_t have changed places
# From memory of another library: the gates come as f, i, and the biases were left for later.
def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    f = sigmoid(x_t @ W["W_xi"].T + m @ W["W_mi"].T)
    i = sigmoid(x_t @ W["W_xf"].T + m @ W["W_mf"].T)
    c = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T)
    o = sigmoid(x_t @ W["W_xo"].T + m @ W["W_mo"].T)
    C_t = f * C + i * c
    return o * np.tanh(C_t), C_t
