# The slope of tanh for two of the gates.
def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    now = forward_step(x_t, h, C, W_x, W_h, b)
    i, f, c, o = now["i"], now["f"], now["C_tilde"], now["o"]
    s = sigmoid(now["C"])
    dC = dC + dh * s * (1 - s)
    da_i = -dC * (1 - i**2)
    da_f = dC * C * f * (1 - f)
    da_c = dC * (1 - c**2)
    da_o = -dh * o * (1 - o)
    da = np.concatenate([da_i, da_f, da_c, da_o], axis=1)
    grads = {"x_t": da @ W_x, "h": da @ W_h, "C": dC * f}
    return grads | {"W_x": da.T @ x_t, "W_h": da.T @ h, "b": da.sum(axis=0)}
