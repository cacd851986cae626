# says: Along axis 0 the first entry is right, all that come after it are not.
# All folds train on what the first one trains on.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    start = steps - k * block + block * np.arange(k)
    trained = start - embargo - length - horizon + 1
    first = start - length
    end = start + block - length - horizon + 1
    return np.full(k, trained[0]), first, end
