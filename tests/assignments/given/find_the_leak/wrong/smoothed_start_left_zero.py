# says: The first steps are 0
def smoothed(x, width):
    result = np.zeros(len(x))
    for k in range(width - 1, len(x)):
        result[k] = np.mean(x[k - width + 1 : k + 1])
    return result
