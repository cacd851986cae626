# says: zero-size array to reduction operation minimum
# The smallest of no size is an error: the 0 is forgotten.
import numpy as np


def choose_size(sizes, level, above, error):
    return np.min(sizes[(above <= error) & (level < 0)])
