# says: Every number is too small by `block`.
# The blocks end one block too early.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    start = steps - (k + 1) * block + block * np.arange(k)
    trained = start - embargo - length - horizon + 1
    first = start - length
    end = start + block - length - horizon + 1
    return trained, first, end
