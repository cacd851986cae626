# says: Your window is centred
def smoothed(x, width):
    half = width // 2
    return np.array([x[max(0, k - half) : k + half + 1].mean() for k in range(len(x))])
