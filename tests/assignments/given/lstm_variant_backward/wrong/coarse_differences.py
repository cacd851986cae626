# Differences with a step that is far too large.
def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    given = {"x_t": x_t, "h": h, "C": C, "W_x": W_x, "W_h": W_h, "b": b}
    grads = {}
    for name, array in given.items():
        grads[name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            values = []
            for shift in (0.1, 0):
                moved = {other: value.copy() for other, value in given.items()}
                moved[name][index] += shift
                new = forward_step(*moved.values())
                values.append(np.sum(dh * new["h"]) + np.sum(dC * new["C"]))
            grads[name][index] = (values[0] - values[1]) / 0.1
    return grads
