# says: A gate lies between 0 and 1, some of yours are negative
# says: The whole old cell is kept
# The gates are squashed by tanh and nothing is forgotten.
def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = np.tanh(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    c = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_c"])
    o = np.tanh(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_o"])
    C_t = C + i * c
    return o * np.tanh(C_t), C_t
