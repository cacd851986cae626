# says: `above` and `error` have changed places.
import numpy as np


def above_best(ratios, share):
    best = np.argsort(ratios.sum(axis=1))[0]
    d = ratios - ratios[best]
    error = d.std(axis=1, ddof=1) * (share + 1 / d.shape[1]) ** 0.5
    return error, d.mean(axis=1)
