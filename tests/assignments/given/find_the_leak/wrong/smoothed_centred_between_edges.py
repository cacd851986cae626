# says: Your window is centred
# says: Before the start there is nothing
def smoothed(x, width):
    padded = np.pad(x, width // 2, mode="edge")
    return np.convolve(padded, np.ones(width) / width, mode="valid")
