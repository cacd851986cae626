# says: You carry the next value back
def line(x):
    filled = x.copy()
    for k in range(x.shape[1]):
        for t in range(len(x) - 2, -1, -1):
            if np.isnan(filled[t, k]):
                filled[t, k] = filled[t + 1, k]
    return filled
