# says: Along axis 1 the last entry is right, all that come before it are not.
# The loss of step t+1 is added to the state of step t: dh is one step late.
import numpy as np


def one_step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    new = forward_step(x_t, h, C, W_x, W_h, b)
    i, f, C_tilde, o = new["i"], new["f"], new["C_tilde"], new["o"]
    s = sigmoid(new["C"])
    dC_all = dC + dh * s * (1 - s)
    di = -dC_all
    df = dC_all * C
    dC_tilde = dC_all
    do = -dh
    da = np.concatenate(
        [di * i * (1 - i), df * f * (1 - f), dC_tilde * C_tilde * (1 - C_tilde), do * o * (1 - o)], axis=1
    )
    return {
        "x_t": da @ W_x,
        "h": da @ W_h,
        "C": dC_all * f,
        "W_x": da.T @ x_t,
        "W_h": da.T @ h,
        "b": da.sum(axis=0),
    }


def backward(x, h_0, C_0, W_x, W_h, b, dh, dC_T):
    steps = forward(x, h_0, C_0, W_x, W_h, b)
    time = x.shape[1]
    dx = np.zeros_like(x)
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    dh_next, dC = np.zeros_like(h_0), dC_T
    for t in range(time - 1, -1, -1):
        h = steps[t - 1]["h"] if t > 0 else h_0
        C = steps[t - 1]["C"] if t > 0 else C_0
        g = one_step_back(x[:, t], h, C, W_x, W_h, b, dh[:, min(t + 1, time - 1)] + dh_next, dC)
        dx[:, t] = g["x_t"]
        dh_next, dC = g["h"], g["C"]
        dW_x += g["W_x"]
        dW_h += g["W_h"]
        db += g["b"]
    return {"x": dx, "h_0": dh_next, "C_0": dC, "W_x": dW_x, "W_h": dW_h, "b": db}
