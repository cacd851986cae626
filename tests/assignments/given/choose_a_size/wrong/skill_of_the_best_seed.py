# says: You took the best seed. Nobody knows which that is before it is measured: take the mean.
# says: That is the skill, 1 less the ratio. The logarithm of the ratio is wanted.
import numpy as np


def log_ratios(errors, naive):
    best = np.sort(errors, axis=2)[:, :, 0]
    return (naive - best) / naive
