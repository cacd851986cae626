# says: Before the start there is nothing
def smoothed(x, width):
    return np.convolve(x, np.ones(width) / width)[: len(x)]
