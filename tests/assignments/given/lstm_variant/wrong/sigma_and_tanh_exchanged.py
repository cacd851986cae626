# says: The candidate must be able to be negative
# says: A gate lies between 0 and 1, some of yours are negative
# Sigma for the candidate, tanh for the gates.
def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = np.tanh(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    f = np.tanh(x_t @ W["W_xf"].T + m @ W["W_mf"].T + W["b_f"])
    c = sigmoid(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_c"])
    o = np.tanh(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_o"])
    C_t = f * C + i * c
    return o * np.tanh(C_t), C_t
