# The factor is (1 + q) / k.
import numpy as np


def above_best(ratios, share):
    k = ratios.shape[1]
    best = ratios.mean(axis=1).argmin()
    d = ratios - ratios[best]
    return d.mean(axis=1), np.sqrt((1 + share) / k) * d.std(axis=1, ddof=1)
