"""The sentences that refuse bad input: each names the argument, what came and what was wanted."""

import operator
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path

import numpy as np

LARGEST = 2**63 - 1  # what NumPy and PyTorch count in: a size beyond it is a mistake, and says so at the door
LARGEST_FLOAT32 = float(np.finfo(np.float32).max)


def one_of(name, value, choices):
    """Return `value` if it is among `choices`; otherwise raise a ValueError that lists them."""
    if not any(value is choice or (isinstance(value, type(choice)) and value == choice) for choice in choices):
        raise ValueError(f"{name} is {value!r}, it must be one of {', '.join(map(repr, choices))}")
    return value


def positive_int(name, value, least=1, most=LARGEST):
    """Return `value` as Python's int, from `least` to `most`; TypeError for another type, ValueError out of range.

    most: None where there is no end, as for the seeds of NumPy's generators.
    """
    try:
        # Old versions of NumPy take theirs for 0 and 1; a masked array of one number gives what its mask hides.
        if isinstance(value, bool | np.bool_ | np.ma.MaskedArray):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}, it must be a whole number") from None
    if number < least:
        raise ValueError(f"{name} is {number}, it must be at least {least}")
    if most is not None and number > most:
        raise ValueError(f"{name} is {number}, it must be at most {most}")
    return number


def at_most(name, value, other, largest):
    """Return a number that is at most another argument's; a ValueError that names both otherwise."""
    if value > largest:
        raise ValueError(f"{name} is {value}, it must be at most {other}, which is {largest}")
    return value


def positive(name, value):
    """Return `value` as Python's number if it is finite and above zero; TypeError or ValueError for anything else."""
    number = _real(name, value)
    if not 0 < number < np.inf:
        raise ValueError(f"{name} is {value}, it must be positive and finite")
    return number


def learning_rate(value):
    """Return the argument `learning_rate` as a number above zero that a float32 holds; TypeError or ValueError else."""
    number = positive("learning_rate", value)
    if number > LARGEST_FLOAT32:
        raise ValueError(f"learning_rate is {number}, it must be at most {LARGEST_FLOAT32:.3g}, the largest float32")
    return number


def nonnegative(name, value):
    """Return `value` as Python's number if it is finite and at least zero; TypeError or ValueError otherwise."""
    number = _real(name, value)
    if not 0 <= number < np.inf:
        raise ValueError(f"{name} is {value}, it must be at least 0 and finite")
    return number


def torch_seed(name, value):
    """Return `value` as an int from 0 to 2⁶⁴ − 1, which is what PyTorch's generators take; NumPy's take any above."""
    number = positive_int(name, value, least=0, most=None)
    if number >= 2**64:
        raise ValueError(f"{name} is {number}, it must be below 2**64 for PyTorch")
    return number


def share(name, value):
    """Return `value` as Python's number if it lies in [0, 1); TypeError or ValueError for anything else."""
    number = _real(name, value)
    if not 0 <= number < 1:
        raise ValueError(f"{name} is {value}, it must be at least 0 and below 1")
    return number


def text(name, value):
    """Return `value` if it is text; TypeError otherwise."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is a {type(value).__name__}, it must be text")
    return value


def label(name, value):
    """Return `value` if it can be the name of a thing, text or a whole number; TypeError otherwise."""
    if not isinstance(value, str | Integral) or isinstance(value, bool | np.timedelta64):
        raise TypeError(f"{name} is a {type(value).__name__}, it must be text or a whole number")
    return value


def weight(name, value):
    """Return `value` as Python's number if it lies in [0, 1], both ends included; TypeError or ValueError otherwise."""
    number = _real(name, value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} is {value}, it must be from 0 to 1")
    return number


def _real(name, value):
    """Return `value` as Python's int or float: a float16 of NumPy's would make a sum in float16."""
    if isinstance(value, bool | np.timedelta64) or not isinstance(value, Real):  # a timedelta64 calls itself Integral
        raise TypeError(f"{name} is {value!r}, it must be a number")
    return int(value) if isinstance(value, Integral) else float(value)


def mapping(name, value):
    """Return `value` if it is a mapping, as `cell.parameters` is; TypeError otherwise."""
    return instance(name, value, Mapping, "a mapping of names to arrays")


def instance(name, value, kind, words=None):
    """Return `value` if it is of a class, or of one of several; TypeError otherwise, which calls it by `words`."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} is a {type(value).__name__}, it must be {words or f'a {kind.__name__}'}")
    return value


def function(name, value):
    """Return `value` if it can be called; TypeError otherwise."""
    if not callable(value):
        raise TypeError(f"{name} is a {type(value).__name__}, it must be a function")
    return value


def flag(name, value):
    """Return `value` as Python's True or False, of which it must be one; ValueError otherwise."""
    return bool(one_of(name, value, (True, False)))


def listed(name, value):
    """Return what `value` holds, as a list; TypeError for text, a mapping, and what holds nothing one after another."""
    try:
        if isinstance(value, str | bytes | Mapping):
            raise TypeError
        return list(value)
    except (TypeError, RuntimeError):  # PyTorch has the second one, for sparse tensors
        raise TypeError(f"{name} is a {type(value).__name__}, it must be a list") from None


def text_or_listed(name, value):
    """Return text as it is, and what `listed` takes as a list; TypeError otherwise."""
    return value if isinstance(value, str) else listed(name, value)


def path(name, value):
    """Return `value` as a Path; TypeError for what is no path, ValueError for what no file can be called."""
    try:
        found = Path(value)
    except TypeError:
        raise TypeError(f"{name} is a {type(value).__name__}, it must be a path") from None
    if "\0" in str(found):
        raise ValueError(f"{name} is {str(found)!r}, no name of a file has a null character")
    return found


def array(name, values):
    """Return `values` as an array in the machine's own order of bytes, of any dtype.

    A masked array is refused, alone or in a list: what its mask hides would come to light as numbers. Raises TypeError
    for that, and ValueError for what cannot be made an array.
    """
    if _masked(values):
        raise TypeError(
            f"{name} is a masked array, it must be plain: fill it, or use .filled(np.nan) where NaN is allowed"
        )
    try:
        given = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} cannot be made an array of numbers: {str(error).splitlines()[0]}") from None
    given = given if given.dtype.isnative else given.astype(given.dtype.newbyteorder("="))
    if given.dtype.kind in "iu":  # C has several types of one size, and PyTorch takes one of them
        given = given.view(np.dtype(given.dtype.str))
    return given


def _masked(values):
    """Whether there is a masked array, in whatever depth of lists; a list may hold itself."""
    waiting, seen = [values], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, np.ma.MaskedArray):
            return True
        if isinstance(part, list | tuple) and id(part) not in seen:
            seen.add(id(part))
            waiting += part
    return False


def numbers(name, values):
    """Return `values` as an array of real numbers, of the dtype that came; TypeError or ValueError for anything else.

    A masked array is refused.
    """
    return _of_kind(name, values, "iuf", "real numbers")


def whole_numbers(name, values):
    """Return `values` as an array of whole numbers, of the dtype that came; TypeError for anything else.

    A masked array is refused.
    """
    return _of_kind(name, values, "iu", "whole numbers")


def _of_kind(name, values, kinds, wanted):
    values = array(name, values)
    if values.dtype.kind not in kinds:
        raise TypeError(f"{name} has dtype {values.dtype}, it must be {wanted}")
    return values


def within(name, array, low, high):
    """Return `array` if all its values lie in [low, high]; otherwise raise a ValueError with its two ends."""
    if array.min() < low or array.max() > high:
        raise ValueError(f"{name} goes from {array.min()} to {array.max()}, it must lie in {low} to {high}")
    return array


def finite(name, array):
    """Return `array` if all its values are finite; otherwise raise a ValueError that says where one is not."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(np.sum(array)):  # one pass: a NaN or an infinity anywhere would be in the sum
            return array
    bad = ~np.isfinite(array)
    if bad.any():
        where = tuple(int(k) for k in np.argwhere(bad)[0])
        raise ValueError(
            f"{name} has {np.asarray(array)[where]} at {list(where)} ({int(bad.sum())} such values in all), "
            "all its values must be finite"
        )
    return array


def shape(name, array, wanted, axes):
    """Raise a ValueError unless `array` has the shape `wanted`; None matches any length of at least one.

    `axes` names the axes, as in `("batch", "time", "input")`.
    """
    got = tuple(np.shape(array))
    layout = ", ".join(axis if size is None else f"{axis}={size}" for axis, size in zip(axes, wanted, strict=True))
    matches = len(got) == len(wanted) and all(w in (None, g) for g, w in zip(got, wanted, strict=True))
    if not matches:
        raise ValueError(f"{name} has shape {got}, wanted ({layout})")
    if 0 in got:
        raise ValueError(f"{name} has shape {got}, no axis of ({layout}) may be empty")
    return array
