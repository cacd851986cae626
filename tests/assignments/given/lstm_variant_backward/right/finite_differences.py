# Two ways forward for every number, in float64.
def _gradients(L, given):
    grads = {}
    for name, array in given.items():
        grads[name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            before = array[index]
            array[index] = before + 1e-5
            above = L()
            array[index] = before - 1e-5
            below = L()
            array[index] = before
            grads[name][index] = (above - below) / 2e-5
    return grads


def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    def L():
        new = forward_step(x_t, h, C, W_x, W_h, b)
        return np.sum(dh * new["h"]) + np.sum(dC * new["C"])

    return _gradients(L, {"x_t": x_t, "h": h, "C": C, "W_x": W_x, "W_h": W_h, "b": b})


def backward(x, h_0, C_0, W_x, W_h, b, dh, dC_T):
    def L():
        steps = forward(x, h_0, C_0, W_x, W_h, b)
        return sum(np.sum(dh[:, t] * new["h"]) for t, new in enumerate(steps)) + np.sum(dC_T * steps[-1]["C"])

    return _gradients(L, {"x": x, "h_0": h_0, "C_0": C_0, "W_x": W_x, "W_h": W_h, "b": b})
