def smoothed(x, width):
    total = np.cumsum(x)
    result = total / np.arange(1, len(x) + 1)
    result[width:] = (total[width:] - total[:-width])[: len(x) - width] / (width + 1)
    return result
