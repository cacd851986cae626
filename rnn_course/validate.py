"""The sentences that refuse bad input: each names the argument, what came and what was wanted."""

import operator
from collections.abc import Mapping
from numbers import Integral, Real

import numpy as np


def one_of(name, value, choices):
    """Return `value` if it is among `choices`; otherwise raise a ValueError that lists them."""
    if not any(value is choice or (isinstance(value, type(choice)) and value == choice) for choice in choices):
        raise ValueError(f"{name} is {value!r}, it must be one of {', '.join(map(repr, choices))}")
    return value


def positive_int(name, value, least=1, most=None):
    """Return `value` as Python's int, from `least` to `most`; TypeError for another type, ValueError out of range."""
    try:
        if isinstance(value, bool | np.bool_):  # old versions of NumPy take theirs for 0 and 1
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}, it must be a whole number") from None
    if number < least:
        raise ValueError(f"{name} is {number}, it must be at least {least}")
    if most is not None and number > most:
        raise ValueError(f"{name} is {number}, it must be at most {most}")
    return number


def positive(name, value):
    """Return `value` as Python's number if it is finite and above zero; TypeError or ValueError for anything else."""
    number = _real(name, value)
    if not 0 < number < np.inf:
        raise ValueError(f"{name} is {value}, it must be positive and finite")
    return number


def nonnegative(name, value):
    """Return `value` as Python's number if it is finite and at least zero; TypeError or ValueError otherwise."""
    number = _real(name, value)
    if not 0 <= number < np.inf:
        raise ValueError(f"{name} is {value}, it must be at least 0 and finite")
    return number


def torch_seed(name, value):
    """Return `value` as an int from 0 to 2⁶⁴ − 1, which is what PyTorch's generators take; NumPy's take any above."""
    number = positive_int(name, value, least=0)
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


def weight(name, value):
    """Return `value` as Python's number if it lies in [0, 1], both ends included; TypeError or ValueError otherwise."""
    number = _real(name, value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} is {value}, it must be from 0 to 1")
    return number


def _real(name, value):
    """Return `value` as Python's int or float: a float16 of NumPy's would make a sum in float16."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}, it must be a number")
    return int(value) if isinstance(value, Integral) else float(value)


def mapping(name, value):
    """Return `value` if it is a mapping, as `cell.parameters` is; TypeError otherwise."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} is a {type(value).__name__}, it must be a mapping of names to arrays")
    return value


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
    return given if given.dtype.isnative else given.astype(given.dtype.newbyteorder("="))


def _masked(values):
    return isinstance(values, np.ma.MaskedArray) or (isinstance(values, list | tuple) and any(map(_masked, values)))


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
