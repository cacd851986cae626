# says: Every number is too small by `horizon`.
# The embargo is counted from the first target that is measured on, so that horizon is taken off twice.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    start = steps - k * block + block * np.arange(k)
    trained = start - embargo - length - 2 * horizon + 1
    first = start - length
    end = start + block - length - horizon + 1
    return trained, first, end
