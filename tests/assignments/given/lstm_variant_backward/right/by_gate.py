# A gradient for each gate, and a sum over the four blocks of the weights.
def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    now = forward_step(x_t, h, C, W_x, W_h, b)
    size = h.shape[1]
    s = sigmoid(now["C"])
    dC_t = dC + dh * s * (1 - s)
    da = {
        "i": -dC_t * now["i"] * (1 - now["i"]),
        "f": dC_t * C * now["f"] * (1 - now["f"]),
        "c": dC_t * now["C_tilde"] * (1 - now["C_tilde"]),
        "o": -dh * now["o"] * (1 - now["o"]),
    }
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dx, dh_before = np.zeros_like(x_t), np.zeros_like(h)
    for k, gate in enumerate("ifco"):
        rows = slice(k * size, (k + 1) * size)
        dW_x[rows], dW_h[rows], db[rows] = da[gate].T @ x_t, da[gate].T @ h, da[gate].sum(0)
        dx += da[gate] @ W_x[rows]
        dh_before += da[gate] @ W_h[rows]
    return {"x_t": dx, "h": dh_before, "C": dC_t * now["f"], "W_x": dW_x, "W_h": dW_h, "b": db}


def backward(x, h_0, C_0, W_x, W_h, b, dh, dC_T):
    hs, Cs = [h_0], [C_0]
    for now in forward(x, h_0, C_0, W_x, W_h, b):
        hs.append(now["h"])
        Cs.append(now["C"])
    back = {"h": np.zeros_like(h_0), "C": dC_T}
    parts = []
    for t in range(x.shape[1] - 1, -1, -1):
        back = step_back(x[:, t], hs[t], Cs[t], W_x, W_h, b, dh[:, t] + back["h"], back["C"])
        parts.insert(0, back)
    total = {name: sum(part[name] for part in parts) for name in ("W_x", "W_h", "b")}
    return total | {"x": np.stack([part["x_t"] for part in parts], 1), "h_0": back["h"], "C_0": back["C"]}
