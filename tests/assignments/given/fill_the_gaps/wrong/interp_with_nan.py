# says: All the other numbers are right.
# np.interp is given the values with their NaN.
import numpy as np


def line(x):
    t = np.arange(len(x))
    return np.stack([np.interp(t, t, column) for column in x.T], axis=1)
