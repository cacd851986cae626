# says: The inputs of a window may lie before the block: its targets alone have to lie in it.
# says: A window is measured if all its targets lie in the block. Your last ones have targets behind its end.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    begins = np.arange(steps - k * block, steps, block)
    w = np.arange(steps)
    first = [w[w >= begin][0] for begin in begins]
    end = [w[w + length < begin + block][-1] + 1 for begin in begins]
    trained = [np.sum(w + length + horizon - 1 < begin - embargo) for begin in begins]
    return trained, first, end
