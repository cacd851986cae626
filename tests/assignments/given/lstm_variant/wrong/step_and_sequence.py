# says: The biases are missing
# says: C is never carried on
# The step has no biases; the sequence never carries its cell.
def step(x_t, h, C, W):
    m = (x_t @ W["W_xm"].T) * (h @ W["W_hm"].T)
    i = sigmoid(x_t @ W["W_xi"].T + m @ W["W_mi"].T)
    f = sigmoid(x_t @ W["W_xf"].T + m @ W["W_mf"].T)
    c = np.tanh(x_t @ W["W_xc"].T + m @ W["W_mc"].T)
    o = sigmoid(x_t @ W["W_xo"].T + m @ W["W_mo"].T)
    C_t = f * C + i * c
    return o * np.tanh(C_t), C_t


def sequence(x, h_0, C_0, W):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h, C = step(x[:, t], h, C_0, W)
        states.append(h)
    return np.stack(states, axis=1), C
