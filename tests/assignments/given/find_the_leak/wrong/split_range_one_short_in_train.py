# says: The last window of a part is missing
def split(values, length, horizon, cut):
    x_train = np.array([values[k : k + length] for k in range(cut - length - horizon)])
    y_train = np.array([values[k + length + horizon - 1, 0] for k in range(cut - length - horizon)])
    return x_train, y_train, *windows(values[cut:], length, horizon)
