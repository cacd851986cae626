# says: A window is trained on if all its targets lie before the embargo. Of your last ones only the first does.
# says: A window is measured if all its targets lie in the block. Your last ones have targets behind its end.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    target = np.arange(length, steps)
    edges = steps - block * np.arange(k, -1, -1)
    first, end = np.searchsorted(target, edges[:-1]), np.searchsorted(target, edges[1:])
    return np.searchsorted(target, edges[:-1] - embargo), first, end
