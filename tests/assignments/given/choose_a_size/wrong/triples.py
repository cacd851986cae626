# says: 3 results are wanted: trained, first, end.
# A triple for each fold is returned, (k, 3), instead of three arrays.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    start = steps - k * block + block * np.arange(k)
    trained = start - embargo - length - horizon + 1
    first = start - length
    end = start + block - length - horizon + 1
    return np.stack([trained, first, end], axis=1)
