# says: Not yet: `first`. About `first`: Every number is too large by 1.
# first is one window too late.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    start = steps - k * block + block * np.arange(k)
    trained = start - embargo - length - horizon + 1
    first = start - length + 1
    end = start + block - length - horizon + 1
    return trained, first, end
