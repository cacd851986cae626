"""Made-up tasks that need a long memory and nothing else: adding and copying."""

import numpy as np

from rnn_course.validate import positive_int


def adding_task(n, time, rng):
    """Draw sequences of numbers, two of them marked; the target is the sum of the two.

    `y = x[a, 0] + x[b, 0]`, where a and b are the steps with `x[:, 1] = 1`. The numbers are uniform on [0, 1). The
    first mark lies anywhere in the first half, steps 0 to ⌊time/2⌋ − 1, the second anywhere in the rest. Always saying
    1 has the mean squared error 1/6 ≈ 0.167: a network that does no better has learned nothing.

    n     sequences, at least 1
    time  steps of each, at least 2
    rng   numpy.random.Generator

    Returns `x (n, time, 2)`, the numbers and the marks, and `y (n, 1)`, float64.

    Source: Hochreiter and Schmidhuber (1997), Neural Computation 9(8), experiment 4, in the form of Arjovsky, Shah and
    Bengio (2016), Unitary Evolution Recurrent Neural Networks. The first paper draws from [−1, 1], scales the sum to
    0 to 1, varies the length and puts the first mark among the first ten steps.
    """
    n, time = positive_int("n", n), positive_int("time", time, least=2)
    checked_generator(rng)
    x = np.zeros((n, time, 2))
    x[..., 0] = rng.random((n, time))
    marks = np.stack([rng.integers(0, time // 2, n), rng.integers(time // 2, time, n)], axis=1)
    np.put_along_axis(x[..., 1], marks, 1.0, axis=1)
    return x, np.take_along_axis(x[..., 0], marks, axis=1).sum(axis=1, keepdims=True)


def copy_task(n, delay, rng, symbols=8, length=10):
    """Draw strings of symbols that must be said again after a delay.

    The symbols have the ids 0 to symbols − 1; `blank = symbols` and `go = symbols + 1` are two more. With T = delay +
    2·length steps,

        x:  s_1 … s_length | blank, delay − 1 times | go | blank, length times
        y:  blank, delay + length times                  | s_1 … s_length

    so that the answer starts at the step after `go`, and s_k is wanted delay + length steps after it was shown. A
    network that knows when to answer and has forgotten what has the mean cross-entropy length·ln(symbols) / T.

    n        sequences, at least 1
    delay    steps from the last symbol up to and with `go`, at least 1
    rng      numpy.random.Generator
    symbols  different symbols, at least 2
    length   symbols in a string, at least 1

    Returns `x (n, T)` and `y (n, T)`, int64 ids below symbols + 2.

    Source: after Hochreiter and Schmidhuber (1997), in the form of Arjovsky, Shah and Bengio (2016), Unitary Evolution
    Recurrent Neural Networks, whose T is our delay; they have 8 symbols and length 10.
    """
    n, delay = positive_int("n", n), positive_int("delay", delay)
    symbols, length = positive_int("symbols", symbols, least=2), positive_int("length", length)
    checked_generator(rng)
    blank, go = symbols, symbols + 1
    x = np.full((n, delay + 2 * length), blank)
    y = x.copy()
    x[:, :length] = y[:, -length:] = rng.integers(0, symbols, (n, length))
    x[:, length + delay - 1] = go
    return x, y


def checked_generator(rng):
    """Raise a TypeError unless `rng` is a numpy.random.Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {type(rng).__name__}, it must be a numpy.random.Generator, as from default_rng(seed)")
