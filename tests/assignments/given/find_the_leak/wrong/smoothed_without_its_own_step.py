# says: Your window ends before its own step, which is known by then
def smoothed(x, width):
    result = x.copy()
    for k in range(1, len(x)):
        result[k] = x[max(0, k - width) : k].mean()
    return result
