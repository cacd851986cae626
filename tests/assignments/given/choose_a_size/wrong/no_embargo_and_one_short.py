# says: The embargo is not left out of the training.
# says: An end is one past the last window, as in a slice. Yours are one window short.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    rows = []
    for begin in range(steps - k * block, steps, block):
        last_trained = begin - 1 - (length + horizon - 1)
        last_measured = begin + block - 1 - (length + horizon - 1)
        rows.append((last_trained, begin - length, last_measured))
    return np.transpose(rows)
