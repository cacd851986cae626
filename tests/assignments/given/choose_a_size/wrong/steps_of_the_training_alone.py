# says: These are numbers of steps. Window w has its first target at step w + length.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    begins = np.array([steps - (k - j) * block for j in range(k)])
    before = begins - embargo  # where training ends
    return before - horizon + 1, begins - length, begins + block - (length + horizon) + 1
