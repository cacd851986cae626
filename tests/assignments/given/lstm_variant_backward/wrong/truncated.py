# Truncated after two steps.
def one_back(x_t, h, C, W_x, W_h, b, dh, dC):
    now = forward_step(x_t, h, C, W_x, W_h, b)
    i, f, c, o = now["i"], now["f"], now["C_tilde"], now["o"]
    s = sigmoid(now["C"])
    dC = dC + dh * s * (1 - s)
    da_i = -dC * i * (1 - i)
    da_f = dC * C * f * (1 - f)
    da_c = dC * c * (1 - c)
    da_o = -dh * o * (1 - o)
    da = np.concatenate([da_i, da_f, da_c, da_o], axis=1)
    grads = {"x_t": da @ W_x, "h": da @ W_h, "C": dC * f}
    return grads | {"W_x": da.T @ x_t, "W_h": da.T @ h, "b": da.sum(axis=0)}


def backward(x, h_0, C_0, W_x, W_h, b, dh, dC_T):
    steps = forward(x, h_0, C_0, W_x, W_h, b)
    hs = [h_0] + [now["h"] for now in steps]
    Cs = [C_0] + [now["C"] for now in steps]
    dx, dh_back, dC = np.zeros_like(x), np.zeros_like(h_0), dC_T
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        back = one_back(x[:, t], hs[t], Cs[t], W_x, W_h, b, dh[:, t] + dh_back, dC)
        if (x.shape[1] - t) % 2 == 0:
            back["h"] = back["C"] = np.zeros_like(h_0)
        dx[:, t] = back["x_t"]
        dW_x += back["W_x"]
        dW_h += back["W_h"]
        db += back["b"]
        dh_back, dC = back["h"], back["C"]
    return {"x": dx, "h_0": dh_back, "C_0": dC, "W_x": dW_x, "W_h": dW_h, "b": db}
