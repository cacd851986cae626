# says: You took the median over the seeds, the mean is wanted.
# says: That is the logarithm to the base 10: `np.log` is the natural one.
import numpy as np


def log_ratios(errors, naive):
    return np.log10(np.median(errors, axis=-1)) - np.log10(naive)
