# says: It begins with the right result and goes on along axis 0
# The horizon is not used: targets are the next step.
def split(values, length, horizon, cut):
    x_train, y_train = windows(values[:cut], length, 1)
    x_test, y_test = windows(values[cut:], length, 1)
    return x_train, y_train, x_test, y_test
