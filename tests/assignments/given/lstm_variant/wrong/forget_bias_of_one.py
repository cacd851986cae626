# says: f_t keeps more than its equation says
# says: h_t shows a cell without bounds
# A forget bias of one, as a tutorial has it, and the output without its tanh.
def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = sigmoid(x_t @ W["W_xi"].T + m @ W["W_mi"].T + W["b_i"])
    f = sigmoid(x_t @ W["W_xf"].T + m @ W["W_mf"].T + W["b_f"] + 1.0)
    c = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T + W["b_c"])
    o = sigmoid(x_t @ W["W_xo"].T + m @ W["W_mo"].T + W["b_o"])
    C_t = f * C + i * c
    return o * C_t, C_t
