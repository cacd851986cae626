"""Where the course turns a seed into random numbers, so that a whole chapter can be run again with others.

The environment variable `RNN_COURSE_SEED_SHIFT` is added to every seed: with 1000, seed 0 draws what 1000 would have
drawn. A claim that holds for the seeds of a chapter alone shows itself so; `make portable` runs all chapters that way.
"""

import os

import numpy as np

from rnn_course import validate

VARIABLE = "RNN_COURSE_SEED_SHIFT"


def shifted(seed):
    """Return a seed plus the shift that the environment asks for, 0 if it asks for none.

    >>> shifted(5)
    5

    Raises ValueError if the environment variable holds no whole number of at least 0.
    """
    shift = os.environ.get(VARIABLE, "0")
    if not (shift.isascii() and shift.isdecimal()):
        raise ValueError(f"{VARIABLE} is {shift!r}, it must be a whole number of at least 0")
    return seed + int(shift)


def default_rng(seed):
    """Return the random generator that `numpy.random.default_rng` makes from the seed, shifted.

    Arguments
        seed    a whole number of at least 0

    Raises TypeError or ValueError for another seed.

    >>> default_rng(0).integers(10, size=3)
    array([8, 6, 5])
    """
    return generator("seed", validate.positive_int("seed", seed, least=0, most=None))


def generator(name, seed):
    """Return the random generator of an argument: a seed as `default_rng` takes it, or a Generator, used as it is."""
    if isinstance(seed, np.random.Generator):
        return seed
    return np.random.default_rng(shifted(validate.positive_int(name, seed, least=0, most=None)))


def manual_seed(seed):
    """Seed PyTorch's global generators as `torch.manual_seed` does, with the seed shifted.

    Arguments
        seed    a whole number from 0 to 2⁶⁴ − 1

    Raises TypeError or ValueError for another seed.
    """
    import torch  # slow to load, and the chapters on NumPy's cells need none of it

    torch.manual_seed(shifted(validate.torch_seed("seed", seed)))
