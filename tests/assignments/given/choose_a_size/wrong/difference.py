# Naive is subtracted from the logarithm, not its logarithm.
import numpy as np


def log_ratios(errors, naive):
    return np.log(errors.mean(axis=2)) - naive
