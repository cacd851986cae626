# The walk keeps what goes into the gates; weights, biases and inputs get theirs in one product over batch and time.
def _walk(x, h_0, C_0, W_x, W_h, b, dh, dC):
    hs, Cs, gates = [h_0], [C_0], []
    for t in range(x.shape[1]):
        g = sigmoid(x[:, t] @ W_x.T + hs[-1] @ W_h.T + b).reshape(len(x), 4, -1)
        Cs.append(g[:, 1] * Cs[-1] + g[:, 2] - g[:, 0])
        hs.append(sigmoid(Cs[-1]) - g[:, 3])
        gates.append(g)
    da, arrives = np.zeros((*x.shape[:2], len(b))), np.zeros_like(h_0)
    for t in range(x.shape[1])[::-1]:
        g, s, arrives = gates[t], sigmoid(Cs[t + 1]), dh[:, t] + arrives
        dC = dC + arrives * (s - s**2)
        d = np.stack([-dC, dC * Cs[t], dC, -arrives], axis=1) * (g - g**2)
        da[:, t] = d.reshape(len(x), -1)
        arrives, dC = da[:, t] @ W_h, dC * g[:, 1]
    met = np.stack(hs[:-1], axis=1)
    return {
        "x": da @ W_x,
        "h_0": arrives,
        "C_0": dC,
        "W_x": np.tensordot(da, x, ([0, 1], [0, 1])),
        "W_h": np.tensordot(da, met, ([0, 1], [0, 1])),
        "b": da.sum(axis=(0, 1)),
    }


def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    grads = _walk(x_t[:, None], h, C, W_x, W_h, b, dh[:, None], dC)
    return {"x_t": grads.pop("x")[:, 0], "h": grads.pop("h_0"), "C": grads.pop("C_0")} | grads


backward = _walk
