# says: It is the end of the right result: its first entries along axis 0 are missing.
# A gap of horizon steps is left before the test part.
def split(values, length, horizon, cut):
    x_train, y_train = windows(values[:cut], length, horizon)
    x_test, y_test = windows(values[cut + horizon :], length, horizon)
    return x_train, y_train, x_test, y_test
