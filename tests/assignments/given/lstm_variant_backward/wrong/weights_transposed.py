# says: The numbers are right: it is the transpose.
# The gradients of the weights come out transposed.
import numpy as np


def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
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
        "W_x": x_t.T @ da,
        "W_h": h.T @ da,
        "b": da.sum(axis=0),
    }
