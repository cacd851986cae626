"""What a figure is given, checked: tables of names, numbers along one axis, times that increase."""

import numpy as np

from rnn_course import validate
from rnn_course.plots.picture import CYCLE


def named_pairs(name, table):
    """The argument's pairs of name and value, at least one."""
    if not isinstance(table, dict):
        raise TypeError(f"{name} is a {type(table).__name__}, it must be a dictionary from names to values")
    if not table:
        raise ValueError(f"{name} is empty, it must hold at least one entry")
    return table.items()


def styled_curves(name, table):
    """Name, value and style of each curve; ValueError for more than can be told apart."""
    pairs = named_pairs(name, table)
    if len(pairs) > len(CYCLE):
        raise ValueError(f"{name} has {len(pairs)} entries, at most {len(CYCLE)} can be told apart in one figure")
    return [(key, value, style) for (key, value), style in zip(pairs, CYCLE, strict=False)]


def finite_numbers(name, values, axis, length=None):
    """The argument as finite floats along one axis."""
    values = np.asarray(values, dtype=float)
    validate.shape(name, values, (length,), (axis,))
    return validate.finite(name, values)


def increasing_times(times, length=None):
    """The argument as datetime64 or numbers that increase."""
    times = np.asarray(times)
    validate.shape("times", times, (length,), ("time",))
    if times.dtype.kind not in "iufM":
        raise TypeError(f"times has dtype {times.dtype}, it must be datetime64 or numbers")
    if not (times[1:] > times[:-1]).all():
        raise ValueError("times must increase from each step to the next")
    return times


def measured_values(name, values, length):
    """The argument as floats (time,), NaN where there is no value, with at least one."""
    values = np.asarray(values, dtype=float)
    validate.shape(name, values, (length,), ("time",))
    missing = np.isnan(values)
    validate.finite(name, np.where(missing, 0, values))
    if missing.all():
        raise ValueError(f"{name} has no value at all, there is nothing to draw")
    return values
