import numpy as np


def block_folds(steps, length, horizon, block, k, embargo):
    """Ask every window."""
    trained, first, end = [], [], []
    for j in range(k):
        begin = steps - (k - j) * block
        stop = begin + block
        train, measured = 0, []
        for w in range(steps):
            earliest, latest = w + length, w + length + horizon - 1
            if latest >= steps:
                break
            if latest < begin - embargo:
                train += 1
            if begin <= earliest and latest < stop:
                measured.append(w)
        trained.append(train)
        first.append(measured[0])
        end.append(measured[-1] + 1)
    return trained, first, end


def log_ratios(errors, naive):
    sizes, folds, seeds = errors.shape
    return [[np.log(sum(errors[s, j]) / seeds / naive[j]) for j in range(folds)] for s in range(sizes)]


def above_best(ratios, share):
    sizes, k = ratios.shape
    means = [sum(row) / k for row in ratios]
    best = means.index(min(means))
    above, error = [], []
    for s in range(sizes):
        d = [ratios[s, j] - ratios[best, j] for j in range(k)]
        mean = sum(d) / k
        spread = (sum((v - mean) ** 2 for v in d) / (k - 1)) ** 0.5
        above.append(mean)
        error.append((1 / k + share) ** 0.5 * spread)
    return above, error


def choose_size(sizes, level, above, error):
    taken = 0
    for s, l, a, e in zip(sizes, level, above, error, strict=True):
        if a <= e and l < 0 and (taken == 0 or s < taken):
            taken = s
    return taken
