"""Made-up strings for comparing attention and recurrence: reversing, the running parity, and recall by a key."""

import string as letters

import numpy as np

from rnn_course.data.pairs import END, Pairs
from rnn_course.data.tasks import checked_generator
from rnn_course.validate import at_most, positive_int

LETTERS = END + letters.ascii_lowercase


def reversal_task(n, shortest, longest, rng):
    """Draw strings of the letters a to z, each of which is to be written from its end to its start.

    Lengths are uniform from `shortest` to `longest`, letters uniform and independent.

    n                    strings, at least 1
    shortest, longest    letters in a string, at least 1
    rng                  numpy.random.Generator

    Returns `Pairs`. Raises TypeError or ValueError for bad arguments.

    >>> reversal_task(1, 5, 5, np.random.default_rng(0)).texts()
    [('wqnhi', 'ihnqw')]
    """
    n, shortest = positive_int("n", n), positive_int("shortest", shortest)
    at_most("shortest", shortest, "longest", positive_int("longest", longest))
    checked_generator(rng)
    lengths = rng.integers(shortest, longest, n, endpoint=True)
    inside = np.arange(lengths.max()) < lengths[:, None]
    x = np.where(inside, rng.integers(1, len(LETTERS), inside.shape), 0)
    back = np.maximum(lengths[:, None] - 1 - np.arange(lengths.max()), 0)
    y = np.pad(np.where(inside, np.take_along_axis(x, back, axis=1), 0), ((0, 0), (0, 1)))
    return Pairs(x, lengths, y, lengths + 1, LETTERS, LETTERS)


def parity_task(n, time, rng):
    """Draw bits, and whether there have been an odd number of ones so far: `y_t = (x_1 + … + x_t) mod 2`.

    To know it takes one bit of state, which every one turns over. Nothing else is in the text: the last bits alone say
    nothing.

    n, time    strings and their bits, at least 1
    rng        numpy.random.Generator

    Returns `x (n, time)` and `y (n, time)`, int64. Raises TypeError or ValueError for bad arguments.

    >>> x, y = parity_task(1, 6, np.random.default_rng(0))
    >>> x.tolist(), y.tolist()
    ([[1, 1, 1, 0, 0, 0]], [[1, 0, 1, 1, 1, 1]])
    """
    n, time = positive_int("n", n), positive_int("time", time)
    checked_generator(rng)
    x = rng.integers(0, 2, (n, time))
    return x, x.cumsum(axis=1) % 2


def recall_task(n, pairs, rng, keys=32, values=32, queries=None, gap=0):
    """Draw keys with a value each, then ask for the value of some of the keys (multi-query associative recall).

        x:  k_1 v_1 k_2 v_2 … | blanks | q_1 q_2 …          y at q_j: the value that was shown after the same key

    Ids: 0 is the blank, 1 to keys are keys, keys + 1 to keys + values are values. The keys of a string differ, so that
    each question has one answer; values may repeat.

    n          strings, at least 1
    pairs      keys with a value in each string, at most `keys`
    rng        numpy.random.Generator
    keys, values   how many there are, at least 1 and 2
    queries    how many of the keys are asked for, all different; None for all of them
    gap        blanks between the last value and the first question

    Returns `x (n, time)` and `y (n, time)`, int64, and `asked (n, time)` bool, True where y is a value and not 0. The
    value in y is an id as in x. Raises TypeError or ValueError for bad arguments.

    Source: after Arora et al. (2024), "Zoology", whose questions come among the pairs.
    """
    n, keys = positive_int("n", n), positive_int("keys", keys)
    values = positive_int("values", values, least=2)
    pairs = at_most("pairs", positive_int("pairs", pairs), "keys", keys)
    queries = pairs if queries is None else at_most("queries", positive_int("queries", queries), "pairs", pairs)
    gap = positive_int("gap", gap, least=0)
    checked_generator(rng)
    key = rng.permuted(np.tile(np.arange(1, keys + 1), (n, 1)), axis=1)[:, :pairs]
    value = rng.integers(keys + 1, keys + values, (n, pairs), endpoint=True)
    order = rng.permuted(np.tile(np.arange(pairs), (n, 1)), axis=1)[:, :queries]
    shown = np.stack([key, value], axis=2).reshape(n, 2 * pairs)
    x = np.concatenate([shown, np.zeros((n, gap), int), np.take_along_axis(key, order, axis=1)], axis=1)
    y, asked = np.zeros_like(x), np.zeros(x.shape, bool)
    y[:, -queries:], asked[:, -queries:] = np.take_along_axis(value, order, axis=1), True
    return x, y, asked
