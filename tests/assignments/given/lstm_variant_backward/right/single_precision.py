# In float32, with einsum and a row of the batch at a time.
def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    x_t, h, C, W_x, W_h, b, dh, dC = (np.asarray(v, np.float32) for v in (x_t, h, C, W_x, W_h, b, dh, dC))
    rows = [_row(*row, W_x, W_h, b) for row in zip(x_t, h, C, dh, dC, strict=True)]
    stacked = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return stacked | {name: stacked[name].sum(axis=0) for name in ("W_x", "W_h", "b")}


def _row(x, h, C, dh, dC, W_x, W_h, b):
    i, f, c, o = sigmoid(W_x @ x + W_h @ h + b).reshape(4, -1)
    new = sigmoid(f * C + c - i)
    dC = dC + dh * new * (1 - new)
    da = np.concatenate([-dC * i * (1 - i), dC * C * f * (1 - f), dC * c * (1 - c), -dh * o * (1 - o)])
    outer = {"W_x": np.einsum("o,i->oi", da, x), "W_h": np.einsum("o,h->oh", da, h), "b": da}
    return {"x_t": np.einsum("o,oi->i", da, W_x), "h": np.einsum("o,oh->h", da, W_h), "C": dC * f} | outer


def backward(x, h_0, C_0, W_x, W_h, b, dh, dC_T):
    if x.shape[1] == 0:
        zeros = {name: np.zeros_like(v, np.float32) for name, v in (("W_x", W_x), ("W_h", W_h), ("b", b), ("x", x))}
        return zeros | {"h_0": np.zeros_like(h_0, np.float32), "C_0": np.float32(dC_T)}
    new = forward_step(x[:, 0], h_0, C_0, W_x, W_h, b)
    later = backward(x[:, 1:], new["h"], new["C"], W_x, W_h, b, dh[:, 1:], dC_T)
    now = step_back(x[:, 0], h_0, C_0, W_x, W_h, b, dh[:, 0] + later["h_0"], later["C_0"])
    total = {name: now[name] + later[name] for name in ("W_x", "W_h", "b")}
    dx = np.concatenate([now["x_t"][:, None], later["x"]], axis=1)
    return total | {"x": dx, "h_0": now["h"], "C_0": now["C"]}
