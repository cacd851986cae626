# says: The numbers are right, in another order along axis 0.
# The windows of each part are shuffled.
import numpy as np


def split(values, length, horizon, cut):
    x_train, y_train = windows(values[:cut], length, horizon)
    x_test, y_test = windows(values[cut:], length, horizon)
    order = np.random.default_rng(0).permutation(len(x_train))
    return x_train[order], y_train[order], x_test, y_test
