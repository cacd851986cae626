# The gap is taken as the chapter takes it, in windows, and the steps are cut as if they were windows.
import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    begins = range(steps - k * block, steps, block)
    rows = [(begin - embargo, begin, begin + block) for begin in begins]
    return np.array(rows).T
