# says: Train and test have changed places
def split(values, length, horizon, cut):
    x_train, y_train = windows(values[:cut], length, horizon)
    x_test, y_test = windows(values[cut:], length, horizon)
    return x_test, y_test, x_train, y_train
