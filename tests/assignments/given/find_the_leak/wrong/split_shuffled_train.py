# says: in another order along axis 0
def split(values, length, horizon, cut):
    x_train, y_train = windows(values[:cut], length, horizon)
    order = np.random.default_rng(5).permutation(len(x_train))
    return x_train[order], y_train[order], *windows(values[cut:], length, horizon)
