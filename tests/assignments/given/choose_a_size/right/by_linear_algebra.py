import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    last = steps - length - horizon  # the last window of the series ends where the last block ends
    end = last + 1 - block * np.arange(k)[::-1]
    first = end - (block - horizon + 1)
    return {"trained": first - embargo - horizon + 1, "first": first, "end": end}


def log_ratios(errors, naive):
    seed = errors.shape[2]
    mean = np.einsum("sfn->sf", errors) / seed
    return np.log(mean @ np.diag(1 / naive))


def above_best(ratios, share):
    size, k = ratios.shape
    centre = np.eye(k) - 1 / k
    best = min(range(size), key=lambda s: ratios[s].sum())
    d = ratios - np.ones((size, 1)) @ ratios[[best]]
    variance = np.diag(d @ centre @ d.T) / (k - 1)
    return np.array([d @ np.full(k, 1 / k), np.sqrt(np.maximum(variance, 0) * (1 / k + share))])


def choose_size(sizes, level, above, error):
    return np.min(sizes, where=(above <= error) & (level < 0), initial=10**6) % 10**6
