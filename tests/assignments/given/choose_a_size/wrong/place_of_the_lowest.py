# says: You took the size of the lowest level. The smallest one that is as good is wanted.
# says: That is where the size stands, and not the size.
import numpy as np


def choose_size(sizes, level, above, error):
    lowest = int(np.argmin(level))
    return lowest if level[lowest] < 0 else 0
