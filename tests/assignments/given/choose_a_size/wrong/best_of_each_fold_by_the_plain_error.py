# says: You took another best in each fold. The best is one size, that of the lowest mean over all folds.
# says: The share of overlap is missing below the root: it is 1/k + share.
import numpy as np


def above_best(ratios, share):
    d = ratios - np.min(ratios, axis=0, keepdims=True)
    return d.mean(axis=1), d.std(axis=1, ddof=1) / np.sqrt(d.shape[1])
