# says: It is the end of the right result: its first entries along axis 0 are missing.
# The result is shorter than x: the start is left out.
import numpy as np


def smoothed(x, width):
    return np.convolve(x, np.ones(width) / width, mode="valid")
