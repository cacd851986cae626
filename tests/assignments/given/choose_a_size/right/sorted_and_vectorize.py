import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    def fold(j):
        start = steps - (k - j) * block
        return start - embargo - length - (horizon - 1), start - length, start + block - (horizon - 1) - length

    return np.vectorize(fold)(np.arange(k))


def log_ratios(errors, naive):
    return np.log(np.mean(errors, axis=-1)) - np.log(naive)


def above_best(ratios, share):
    best = min(ratios, key=np.mean)
    d = np.array([row - best for row in ratios])
    k = d.shape[1]
    return d.mean(1), np.sqrt(np.var(d, axis=1, ddof=1) * (1 / k + share))


def choose_size(sizes, level, above, error):
    for k in np.argsort(sizes):
        if above[k] <= error[k] and level[k] < 0:
            return sizes[k]
    return 0
