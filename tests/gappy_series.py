"""What the tests of missing data share: series with holes, and every method at a size that is quick."""

import numpy as np

from rnn_course import missing
from rnn_course.missing import METHODS, NETWORKS

FILLS = list(METHODS)


def made(name, **options):
    return METHODS[name](**(({"epochs": 2, "window": 12} if name in NETWORKS else {}) | options))


def walk(steps=96, features=3, seed=0):
    rng = np.random.default_rng(seed)
    day = np.sin(2 * np.pi * np.arange(steps) / 24)[:, None]
    common = rng.normal(0, 0.3, (steps, 1)).cumsum(0)
    return 5 + 2 * day + common + rng.normal(0, 0.1, (steps, features)) * np.arange(1, features + 1)


def alike(steps):
    """Three noisy copies of one walk, each of which tells about the others, `(steps, 3)`."""
    rng = np.random.default_rng(0)
    return rng.normal(0, 1, (steps, 1)).cumsum(0) + rng.normal(0, 0.2, (steps, 3))


def holes(x, rate=0.2, seed=1):
    return missing.take(x, missing.mcar(x, rate, seed))
