"""What an answer returned, made plain: arrays of real numbers by name, or a sentence on why it cannot be."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np

NOTHING_YET = "Put your answer in the place of the `...` and run the cell again."


class Unusable(Exception):
    """An answer that cannot be compared; its text is the sentence that says why."""


def unwritten(value):
    """Whether an answer is still a stub: `...` or None, or something that has one in it."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return any(map(unwritten, value))
    return value is ... or value is None


def numbers_of(value, subject="Your answer"):
    """A number, list, array or tensor as a copy, an array of float32 where it came in that or in less, else float64.

    Raises Unusable, with a sentence on `subject`, for complex numbers, masked arrays, objects, text, sparse tensors and
    for lists of rows that differ in length.
    """
    value = _plain(value, subject)
    try:
        array = np.array(value)
    except (TypeError, ValueError):
        raise Unusable(f"{subject} is a {type(value).__name__} whose rows differ in shape: no array.") from None
    if array.dtype.kind == "c":
        raise Unusable(f"{subject} is complex, real numbers are wanted.")
    if array.dtype.kind not in "biuf":
        raise Unusable(f"{subject} is a {type(value).__name__} of dtype {array.dtype}, real numbers are wanted.")
    single = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    return array.astype(np.float32 if single else np.float64)


def _plain(value, subject):
    """A tensor, alone or in lists, as a NumPy array, an exact number as a float; anything else as it is.

    Raises Unusable for what hides numbers.
    """
    if isinstance(value, list | tuple):
        return [_plain(part, subject) for part in value]
    if isinstance(value, Fraction | Decimal):
        return float(value)
    if isinstance(value, np.ma.MaskedArray):
        raise Unusable(f"{subject} is a masked array, which hides some of its numbers: return a plain one.")
    if not hasattr(value, "detach"):
        return value
    try:
        value = value.detach().cpu().resolve_conj().resolve_neg()
        return (value.float() if value.is_floating_point() and value.element_size() < 4 else value).numpy()
    except (TypeError, RuntimeError) as reason:
        raise Unusable(f"{subject} is a {type(value).__name__} that cannot be read as an array: {reason}") from None


def parts_of(value, names, keyed=False):
    """What an answer returned, as `{name: array}`; names is `("",)` where one result without a name is wanted.

    Several results may come as a tuple, a list, stacked in one array or tensor, or as a dict with these names; keyed
    wants the dict. Raises Unusable if they are too many, too few or others, or if one is not made of real numbers.
    """
    if names == ("",):
        return {"": numbers_of(value, "What your function returned")}
    wanted = ", ".join(names)
    if isinstance(value, Mapping):
        if set(value) != set(names):
            came = ", ".join(map(str, value)) or "none"
            raise Unusable(f"Your function returned a dict with the keys {came}, wanted are {wanted}.")
        return {name: numbers_of(value[name], f"`{name}`") for name in names}
    if keyed and not (isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value)):
        kind = type(value).__name__
        raise Unusable(f"Your function returned a {kind}, a dict with the keys {wanted} is wanted.")
    parts = list(value) if isinstance(value, list | tuple) else _plain(value, "What your function returned")
    if not isinstance(parts, list) and not (isinstance(parts, np.ndarray) and parts.ndim):
        raise Unusable(f"Your function returned a {type(value).__name__}, {len(names)} results are wanted: {wanted}.")
    if len(parts) != len(names) and isinstance(parts, np.ndarray):
        raise Unusable(
            f"Your function returned one array of shape {parts.shape}, {len(names)} results are wanted: {wanted}."
        )
    if any(isinstance(part, Mapping) for part in parts):
        raise Unusable(f"Your function returned a dict among other things, it alone is wanted, with the keys {wanted}.")
    if len(parts) != len(names):
        raise Unusable(f"Your function returned {len(parts)} results, {len(names)} are wanted: {wanted}.")
    return {name: numbers_of(part, f"`{name}`") for name, part in zip(names, parts, strict=True)}
