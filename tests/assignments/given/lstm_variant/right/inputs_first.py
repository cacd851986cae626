# All that depends on x alone is made for the whole sequence before the walk.
def _walk(x, h, C, W):
    from_x = {k: x @ W["W_x" + k].T for k in "mifco"}
    states = []
    for t in range(x.shape[1]):
        m = from_x["m"][:, t] * (h @ W["W_hm"].T)
        a = {k: from_x[k][:, t] + m @ W["W_m" + k].T + W["b_" + k] for k in "ifco"}
        C = sigmoid(a["f"]) * C + sigmoid(a["i"]) * np.tanh(a["c"])
        h = sigmoid(a["o"]) * np.tanh(C)
        states.append(h)
    return np.stack(states, axis=1), C


def step(x_t, h, C, W):
    states, C_t = _walk(x_t[:, None], h, C, W)
    return states[:, 0], C_t


def sequence(x, h_0, C_0, W):
    return _walk(x, h_0, C_0, W)
