def smoothed(x, width):
    result = np.array(x)
    for k in range(1, len(x)):
        result[k] = result[k - 1] + 2 / (width + 1) * (x[k] - result[k - 1])
    return result
