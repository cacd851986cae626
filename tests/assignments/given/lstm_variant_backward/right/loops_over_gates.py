import numpy as np


def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    batch, n = h.shape
    values = forward_step(x_t, h, C, W_x, W_h, b)
    shown = sigmoid(values["C"])
    grads = {
        "x_t": np.zeros_like(x_t),
        "h": np.zeros_like(h),
        "W_x": np.zeros_like(W_x),
        "W_h": np.zeros_like(W_h),
        "b": np.zeros_like(b),
    }
    to_cell = np.empty_like(C)
    for r in range(batch):
        to_cell[r] = dC[r] + dh[r] * shown[r] * (1 - shown[r])
        ways = {"i": -to_cell[r], "f": to_cell[r] * C[r], "C_tilde": to_cell[r], "o": -dh[r]}
        for place, (name, asked) in enumerate(ways.items()):
            gate = values[name][r]
            rows = slice(place * n, (place + 1) * n)
            da = asked * gate * (1 - gate)
            grads["x_t"][r] += W_x[rows].T @ da
            grads["h"][r] += W_h[rows].T @ da
            grads["W_x"][rows] += np.outer(da, x_t[r])
            grads["W_h"][rows] += np.outer(da, h[r])
            grads["b"][rows] += da
    grads["C"] = to_cell * values["f"]
    return grads


def backward(x, h_0, C_0, W_x, W_h, b, dh, dC_T):
    """Recursion: the tail of the sequence first, then this step."""
    first = forward_step(x[:, 0], h_0, C_0, W_x, W_h, b)
    dh_1, dC_1 = dh[:, 0], dC_T
    rest = None
    if x.shape[1] > 1:
        rest = backward(x[:, 1:], first["h"], first["C"], W_x, W_h, b, dh[:, 1:], dC_T)
        dh_1, dC_1 = dh_1 + rest["h_0"], rest["C_0"]
    g = step_back(x[:, 0], h_0, C_0, W_x, W_h, b, dh_1, dC_1)
    out = {"x": g["x_t"][:, None], "h_0": g["h"], "C_0": g["C"], "W_x": g["W_x"], "W_h": g["W_h"], "b": g["b"]}
    if rest is not None:
        out["x"] = np.concatenate([out["x"], rest["x"]], axis=1)
        for k in ("W_x", "W_h", "b"):
            out[k] = out[k] + rest[k]
    return out
