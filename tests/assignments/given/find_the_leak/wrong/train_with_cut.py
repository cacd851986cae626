# says: It begins with the right result and goes on along axis 0
# The step at the cut is in train too.
def split(values, length, horizon, cut):
    x_train, y_train = windows(values[: cut + 1], length, horizon)
    x_test, y_test = windows(values[cut:], length, horizon)
    return x_train, y_train, x_test, y_test
