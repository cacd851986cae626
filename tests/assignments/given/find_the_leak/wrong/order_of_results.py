# says: `y_train` and `x_test` have changed places.
# The results come as x_train, x_test, y_train, y_test.
def split(values, length, horizon, cut):
    x_train, y_train = windows(values[:cut], length, horizon)
    x_test, y_test = windows(values[cut:], length, horizon)
    return x_train, x_test, y_train, y_test
