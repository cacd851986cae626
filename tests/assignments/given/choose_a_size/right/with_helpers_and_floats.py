import statistics

import numpy as np


def count(last_step, length, horizon):
    """How many windows have all their targets up to a step."""
    return last_step + 1 - length - (horizon - 1)


def block_folds(steps, length, horizon, block, k, embargo):
    rows = []
    for j in range(k):
        end_of_block = steps - 1 - block * (k - 1 - j)
        before = end_of_block - block
        rows.append(
            (count(before - embargo, length, horizon), before + 1 - length, count(end_of_block, length, horizon))
        )
    trained, first, end = zip(*rows, strict=True)
    return np.array(trained, float), np.array(first, float), np.array(end, float)


def log_ratios(errors, naive):
    return np.stack([np.log(errors[:, j].mean(axis=1) / naive[j]) for j in range(len(naive))], axis=1)


def above_best(ratios, share):
    ratios = ratios.tolist()
    best = min(ratios, key=statistics.fmean)
    d = [[a - b for a, b in zip(row, best, strict=True)] for row in ratios]
    factor = (1 / len(best) + share) ** 0.5
    return [statistics.fmean(row) for row in d], [factor * statistics.stdev(row) for row in d]


def choose_size(sizes, level, above, error):
    return min((s for s, l, a, e in zip(sizes, level, above, error, strict=True) if l < 0 and a <= e), default=0)
