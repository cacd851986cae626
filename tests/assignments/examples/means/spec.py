"""A small assignment for tests: a mean over time and what is left without it."""

import numpy as np

from rnn_course.assignments.specification import Assignment, Late, Question, Task


def means(x, over=0, power=1):
    """The mean of every feature, (time, feature)."""
    return (x**power).mean(axis=over)


def without_mean(x, W, sign=1, weigh=True):
    """What is left of a series, and its product with W."""
    rest = x - sign * x.mean(axis=0)
    return rest, rest @ (W if weigh else np.ones_like(W))


def _series(rng, sizes):
    return [(rng.normal(1, 2, size=size),) for size in sizes]


def _weighted(rng, sizes):
    return [(rng.normal(1, 2, size=size), rng.normal(size=(size[1], 2))) for size in sizes]


MEANS = Task(
    "means",
    4,
    means,
    lambda rng: _series(rng, [(5, 3), (2, 4)]),
    lambda rng: _series(rng, [(1, 3), (7, 2), tuple(rng.integers(3, 9, 2) * [1, 2])]),
    {
        "Time is the first axis: take the mean over axis 0.": ({"over": 1}, 0.5),
        "You took the mean of the squares.": ({"power": 2}, 0.25),
    },
)
WITHOUT_MEAN = Task(
    "without_mean",
    6,
    without_mean,
    lambda rng: _weighted(rng, [(5, 3), (2, 4)]),
    lambda rng: _weighted(rng, [(1, 3), (7, 2), (4, 5)]),
    {
        "Subtract the mean; you added it.": ({"sign": -1}, 0.5),
        "The product with W is missing: you summed the features.": ({"weigh": False}, 0.5),
    },
    returns=("rest", "product"),
)
WHY = Question("why", "Why over time?", 2, {0: "nothing", 1: "names the axis", 2: "says what the mean would mix"})
ASSIGNMENT = Assignment("Means", [MEANS, WITHOUT_MEAN], [WHY], late=Late(per_day=0.25), data=("series.csv",))
