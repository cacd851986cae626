# says: Every number is 1
# Shapes first.
def step_back(x_t, h, C, W_x, W_h, b, dh, dC):
    arguments = {"x_t": x_t, "h": h, "C": C, "W_x": W_x, "W_h": W_h, "b": b}
    return {name: np.ones_like(array) for name, array in arguments.items()}
