# says: Your function returned shape
# Mean and spread are taken along the sizes.
import numpy as np


def above_best(ratios, share):
    best = ratios.mean(axis=1).argmin()
    d = ratios - ratios[best]
    k = ratios.shape[1]
    return d.mean(axis=0), np.sqrt(1 / k + share) * d.std(axis=0, ddof=1)
