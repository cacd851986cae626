import numpy as np


def last_window(stop, length, horizon):
    """The last window whose targets all lie before step stop."""
    return stop - length - horizon


def block_folds(steps, length, horizon, block, k, embargo):
    starts = np.arange(steps - k * block, steps, block)
    return np.array(
        [
            (last_window(s - embargo, length, horizon) + 1, s - length, last_window(s + block, length, horizon) + 1)
            for s in starts
        ]
    ).T


def log_ratios(errors, naive):
    return np.log(np.einsum("sji,j->sj", errors, 1 / naive)) - np.log(errors.shape[2])


def above_best(ratios, share):
    k = ratios.shape[1]
    mean = np.einsum("sj->s", ratios) / k
    d = ratios - ratios[[np.argmin(mean)]]
    d_mean = d.mean(axis=1, keepdims=True)
    var = np.einsum("sj,sj->s", d - d_mean, d - d_mean) / (k - 1)
    return d_mean[:, 0], np.sqrt((1 / k + share) * var)


def choose_size(sizes, level, above, error):
    return min((int(s) for s, l, a, e in zip(sizes, level, above, error, strict=True) if a <= e and l < 0), default=0)
