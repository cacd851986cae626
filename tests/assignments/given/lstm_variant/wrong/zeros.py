# says: Every number is 0
# Shapes first, numbers later.
def step(x_t, h, C, W):
    return np.zeros_like(h), np.zeros_like(C)


def sequence(x, h_0, C_0, W):
    return np.zeros((*x.shape[:2], h_0.shape[1])), np.zeros_like(C_0)
