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


def floats(name, values):
    """The argument as an array of float64; None stands for NaN, as it does in NumPy."""
    values = validate.array(name, values)
    if values.dtype.kind in "OSU":
        try:
            return values.astype(float)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{name} cannot be made real numbers: {error}") from None
    if values.dtype.kind not in "biuf":
        raise TypeError(f"{name} has dtype {values.dtype}, it must be real numbers")
    return values.astype(float)


def finite_numbers(name, values, axis, length=None):
    """The argument as finite floats along one axis."""
    values = floats(name, values)
    validate.shape(name, values, (length,), (axis,))
    return validate.finite(name, values)


def increasing_times(times, length=None, name="times"):
    """The argument as datetime64 or numbers that increase."""
    times = validate.array(name, times)
    validate.shape(name, times, (length,), ("time",))
    if times.dtype.kind not in "iufM":
        raise TypeError(f"{name} has dtype {times.dtype}, it must be datetime64 or numbers")
    if not np.isfinite(times).all():
        raise ValueError(f"{name} has {times[~np.isfinite(times)][0]}, every step needs a time")
    if not (times[1:] > times[:-1]).all():
        raise ValueError(f"{name} must increase from each step to the next")
    return times


def measured_values(name, values, length):
    """The argument as floats (time,), NaN where there is no value, with at least one."""
    values = floats(name, values)
    validate.shape(name, values, (length,), ("time",))
    missing = np.isnan(values)
    validate.finite(name, np.where(missing, 0, values))
    if missing.all():
        raise ValueError(f"{name} has no value at all, there is nothing to draw")
    return values
