import numpy as np


def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    new = forward_step(x_t, h, C, W_x, W_h, b)

    def slope(g):
        return g * (1 - g)

    cell = dC + dh * slope(sigmoid(new["C"]))
    da = np.hstack([-cell, cell * C, cell, -dh]) * slope(np.hstack([new[k] for k in ("i", "f", "C_tilde", "o")]))
    return dict(x_t=da @ W_x, h=da @ W_h, C=cell * new["f"], W_x=da.T @ x_t, W_h=da.T @ h, b=da.sum(0))


def backward(x, h_0, C_0, W_x, W_h, b, dh, dC_T):
    steps = [{"h": h_0, "C": C_0}, *forward(x, h_0, C_0, W_x, W_h, b)]
    back, dx, grads = {"h": 0, "C": dC_T}, [], {"W_x": 0, "W_h": 0, "b": 0}
    for t in reversed(range(x.shape[1])):
        back = step_back(x[:, t], steps[t]["h"], steps[t]["C"], W_x, W_h, b, dh[:, t] + back["h"], back["C"])
        dx.insert(0, back["x_t"])
        grads = {k: grads[k] + back[k] for k in grads}
    return {"x": np.stack(dx, 1), "h_0": back["h"], "C_0": back["C"], **grads}
