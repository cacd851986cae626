# says: Numbers of `x` that are to come back as they are: you changed
# Only the steps in which every feature is seen are used, so measured values change.
import numpy as np


def line(x):
    t = np.arange(len(x))
    seen = ~np.isnan(x).any(axis=1)
    return np.column_stack([np.interp(t, t[seen], x[seen, k]) for k in range(x.shape[1])])
