# The best size is the one with the lowest single entry.
import numpy as np


def above_best(ratios, share):
    k = ratios.shape[1]
    best = np.unravel_index(ratios.argmin(), ratios.shape)[0]
    d = ratios - ratios[best]
    return d.mean(axis=1), np.sqrt(1 / k + share) * d.std(axis=1, ddof=1)
