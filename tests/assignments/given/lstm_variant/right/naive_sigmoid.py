# The sigma of the text, which warns of an overflow where its argument is very negative, and is right all the same.
def logistic(a):
    return 1 / (1 + np.exp(-a))


def step(x_t, h, C, W):
    both = np.hstack([x_t, x_t @ W["W_xm"].T * (h @ W["W_hm"].T)])
    a = {k: both @ np.hstack([W["W_x" + k], W["W_m" + k]]).T + W["b_" + k] for k in "ifco"}
    C_t = logistic(a["f"]) * C + logistic(a["i"]) * np.tanh(a["c"])
    return {"C_t": C_t, "h_t": logistic(a["o"]) * np.tanh(C_t)}


def sequence(x, h_0, C_0, W):
    if x.shape[1] == 0:
        return np.zeros((len(x), 0, h_0.shape[1])), C_0
    new = step(x[:, 0], h_0, C_0, W)
    rest, C_T = sequence(x[:, 1:], new["h_t"], new["C_t"], W)
    return np.concatenate([new["h_t"][:, None], rest], axis=1), C_T
