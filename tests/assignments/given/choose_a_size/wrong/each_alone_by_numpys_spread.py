# says: Your spread is that of each size alone, with how hard the folds are in it. Subtract the best first.
# says: The spread is that of a sample: divide by the number of folds less one, `ddof=1`.
import numpy as np


def above_best(ratios, share):
    level = ratios.mean(axis=1)
    error = np.sqrt(ratios.var(axis=1) * (1 / ratios.shape[1] + share))
    return level - level.min(), error
