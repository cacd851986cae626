# says: It is the end of the right result
def smoothed(x, width):
    return np.convolve(x, np.ones(width) / width, mode="valid")
