import numpy as np


class Folds:
    def __init__(self, steps, length, horizon):
        w = np.arange(steps - length - horizon + 1)
        self.first_target = w + length
        self.last_target = w + length + horizon - 1

    def before(self, step):
        return int(np.sum(self.last_target < step))

    def beginning(self, step):
        return int(np.argmax(self.first_target >= step))


def block_folds(steps, length, horizon, block, k, embargo):
    folds = Folds(steps, length, horizon)
    begins = [steps - block * j for j in range(k, 0, -1)]
    return (
        np.array([folds.before(s - embargo) for s in begins]),
        np.array([folds.beginning(s) for s in begins]),
        np.array([folds.before(s + block) for s in begins]),
    )


def log_ratios(errors, naive):
    return np.log((errors / naive.reshape(1, -1, 1)).mean(axis=2))


def above_best(ratios, share):
    k = ratios.shape[1]
    order = np.argsort(ratios.sum(axis=1))
    d = ratios - ratios[order[0]]
    return d.mean(axis=1), d.std(axis=1) * np.sqrt(k / (k - 1)) * np.sqrt(1 / k + share)


def choose_size(sizes, level, above, error):
    candidates = np.where((above <= error) & (level < 0), sizes, np.inf)
    best = candidates.min()
    return 0 if np.isinf(best) else int(best)
