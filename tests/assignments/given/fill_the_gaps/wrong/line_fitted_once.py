# says: You laid one line through all that is seen
def line(x):
    filled, t = x.copy(), np.arange(len(x))
    for k in range(x.shape[1]):
        gone = np.isnan(x[:, k])
        slope, start = np.polyfit(t[~gone], x[~gone, k], 1)
        filled[gone, k] = start + slope * t[gone]
    return filled
