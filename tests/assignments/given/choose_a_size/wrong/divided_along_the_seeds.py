# With as many folds as seeds nothing is said; here it raises, which is no name for what is wrong.
import numpy as np


def log_ratios(errors, naive):
    return np.log((errors / naive).mean(axis=2))
