# In float32 throughout, one stacked weight, columns in the place of rows.
def step(x_t, h, C, W):
    W = {name: value.astype(np.float32) for name, value in W.items()}
    x, h, C = (np.asarray(value, np.float32).T for value in (x_t, h, C))
    m = (W["W_xm"] @ x) * (W["W_hm"] @ h)
    W_x, W_m = (np.concatenate([W[kind + k] for k in "oifc"]) for kind in ("W_x", "W_m"))
    bias = np.concatenate([W["b_" + k] for k in "oifc"])[:, None]
    o, i, f, c = np.split(W_x @ x + W_m @ m + bias, 4)
    C = sigmoid(f) * C + sigmoid(i) * np.tanh(c)
    return (sigmoid(o) * np.tanh(C)).T, C.T


def sequence(x, h_0, C_0, W):
    h = np.empty((*x.shape[:2], h_0.shape[1]), np.float32)
    state = h_0, C_0
    for t in range(x.shape[1]):
        state = step(x[:, t], *state, W)
        h[:, t] = state[0]
    return h, state[1]
