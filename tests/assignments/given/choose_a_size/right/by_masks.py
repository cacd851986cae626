import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    w = np.arange(steps - length - horizon + 1)
    targets = w[:, None] + length + np.arange(horizon)
    rows = []
    for begin in range(steps - k * block, steps, block):
        known = (targets < begin - embargo).all(axis=1)
        inside = ((targets >= begin) & (targets < begin + block)).all(axis=1)
        rows.append([known.sum(), w[inside].min(), w[inside].max() + 1])
    return np.array(rows).T


def log_ratios(errors, naive):
    relative = errors / naive[None, :, None]
    return np.log(np.average(relative, axis=-1))


def above_best(ratios, share):
    order = np.argsort(ratios.mean(axis=1), kind="stable")
    d = np.subtract(ratios, ratios[order[0]])
    k = d.shape[1]
    plain = np.array([np.cov(row) for row in d]) / k
    return d.mean(axis=1), np.sqrt(plain * (1 + k * share))


def choose_size(sizes, level, above, error):
    order = np.argsort(sizes)
    good = np.logical_and(above[order] - error[order] <= 0, level[order] < 0)
    return sizes[order][good.argmax()] * good.any()
