def smoothed(x, width):
    return np.mean([np.roll(x, k) for k in range(width)], axis=0)
