# The spread of a difference as if the two sizes had been measured on other folds.
import numpy as np


def above_best(ratios, share):
    mean, variance = ratios.mean(axis=1), ratios.var(axis=1, ddof=1)
    best = mean.argmin()
    k = ratios.shape[1]
    return mean - mean[best], np.sqrt((variance + variance[best]) * (1 / k + share))
