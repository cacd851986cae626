"""What people bring, and what nobody means: values of wrong types, shapes, dtypes and sizes, for any argument."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import torch

GENERAL = {  # functions, so that each call gets its own
    "None": lambda: None,
    "True": lambda: True,
    "NumPy's False": lambda: np.False_,
    "an ellipsis": lambda: ...,
    "a text": lambda: "three",
    "an empty text": lambda: "",
    "a number as text": lambda: "3",
    "bytes": lambda: b"3",
    "a path": lambda: Path("no/such/file"),
    "a path with a null": lambda: "a\0b",
    "0": lambda: 0,
    "-1": lambda: -1,
    "2.5": lambda: 2.5,
    "10**30": lambda: 10**30,
    "-10**30": lambda: -(10**30),
    "1e300": lambda: 1e300,
    "5e-324": lambda: 5e-324,
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "-infinity": lambda: -np.inf,
    "a complex number": lambda: 1 + 1j,
    "a Decimal": lambda: Decimal("3"),
    "a Fraction": lambda: Fraction(1, 3),
    "a float16": lambda: np.float16(2),
    "an int8": lambda: np.int8(3),
    "a timedelta": lambda: np.timedelta64(3, "D"),
    "a day": lambda: datetime.date(2020, 1, 1),
    "a datetime64": lambda: np.datetime64("2020-01-01"),
    "no time": lambda: np.datetime64("NaT"),
    "np.ma.masked": lambda: np.ma.masked,
    "pandas' NA": lambda: pd.NA,
    "a 0-d array": lambda: np.array(3.0),
    "a 0-d array of text": lambda: np.array("cpu"),
    "an empty list": lambda: [],
    "an empty tuple": lambda: (),
    "an empty dictionary": lambda: {},
    "a list of None": lambda: [None],
    "a list of texts": lambda: ["a", "b"],
    "ragged lists": lambda: [[1.0, 2.0], [3.0]],
    "ragged lists of ragged lists": lambda: [[[1], [2, 3]], [[4]], []],
    "a list in itself": lambda: _in_itself(),
    "a dictionary": lambda: {"a": 1},
    "a dictionary of arrays": lambda: {3: np.ones((2, 2))},
    "a set": lambda: {1.0, 2.0},
    "a range": lambda: range(3),
    "a generator": lambda: (k for k in range(3)),
    "a function": lambda: abs,
    "a class": lambda: int,
    "an object": lambda: object(),
    "empty array": lambda: np.zeros((0, 2)),
    "array without numbers": lambda: np.zeros((2, 0)),
    "array of 5 axes": lambda: np.ones((1, 2, 1, 2, 1)),
    "object array": lambda: np.array([1.0, None, "x"], object),
    "array of texts": lambda: np.array(["a", "b"]),
    "complex array": lambda: np.ones((3, 2)) * 1j,
    "bool array": lambda: np.array([True, False]),
    "array of dates": lambda: np.arange("2020-01-01", "2020-01-04", dtype="M8[D]"),
    "structured array": lambda: np.zeros(3, [("a", float), ("b", int)]),
    "masked array": lambda: np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]),
    "matrix": lambda: np.asmatrix(np.eye(2)),
    "tensor": lambda: torch.ones(3),
    "tensor with a gradient": lambda: torch.ones(3, 2, requires_grad=True),
    "bfloat16 tensor": lambda: torch.ones(3, 2, dtype=torch.bfloat16),
    "complex tensor": lambda: torch.ones(3, 2, dtype=torch.complex64),
    "sparse tensor": lambda: torch.eye(3).to_sparse(),
    "tensor without numbers": lambda: torch.ones(3, 2, device="meta"),
    "pandas' Series": lambda: pd.Series([1.0, 2.0]),
    "pandas' Series with NA": lambda: pd.Series([1, None, 3], dtype="Int64"),
    "pandas' DataFrame": lambda: pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]}),
}


def _in_itself():
    found = [1.0]
    found.append(found)
    return found


def _with(value):
    """An array with another value in its middle."""

    def changed(array):
        array = array.copy()
        array[tuple(size // 2 for size in array.shape)] = value
        return array

    return changed


def _half_hidden(array):
    hidden = np.zeros(array.shape, bool)
    hidden.flat[::2] = True
    return np.ma.array(array, mask=hidden)


ARRAYS = {  # what becomes of an array that is right
    "masked": _half_hidden,
    "a list of masked rows": lambda a: list(_half_hidden(a)),
    "complex": lambda a: a.astype(complex),
    "of objects": lambda a: a.astype(object),
    "of objects with None": lambda a: _with(None)(a.astype(object)),
    "of texts": lambda a: a.astype(str),
    "with a text": lambda a: _with("?")(a.astype(object)).tolist(),
    "of dates": lambda a: a.astype("M8[D]"),
    "of differences of dates": lambda a: a.astype("m8[D]"),
    "with NaN": lambda a: _with(np.nan)(a.astype(float)),
    "with infinity": lambda a: _with(np.inf)(a.astype(float)),
    "with -infinity": lambda a: _with(-np.inf)(a.astype(float)),
    "with 1e308": lambda a: _with(1e308)(a.astype(float)),
    "times 1e300": lambda a: a.astype(float) * 1e300,
    "with -1": lambda a: _with(-1)(a),
    "with 10**18": lambda a: _with(10**18)(a.astype(np.int64)),
    "unsigned and beyond int64": lambda a: _with(2**64 - 1)(a.astype(np.uint64)),
    "zeros": np.zeros_like,
    "of bool": lambda a: a.astype(bool),
    "empty": lambda a: a[:0],
    "shorter": lambda a: a[: len(a) // 2],
    "one": lambda a: a[:1],
    "with another axis": lambda a: a[None],
    "without an axis": lambda a: a[0],
    "without its last axis": lambda a: a[..., 0],
    "turned round": lambda a: a.T,
    "not contiguous": lambda a: np.repeat(a, 2, axis=0)[::2],
    "read only": lambda a: np.broadcast_to(a, a.shape),
    "of the other order of bytes": lambda a: a.astype(a.dtype.newbyteorder()),
    "of float16": lambda a: a.astype(np.float16),
    "of long floats": lambda a: a.astype(np.longdouble),
    "of int8": lambda a: a.astype(np.int8),
    "as lists": lambda a: a.tolist(),
    "as ragged lists": lambda a: [row[: k % 2 + 1] for k, row in enumerate(np.atleast_2d(a).T.tolist())],
    "as a tensor": lambda a: torch.from_numpy(np.ascontiguousarray(a)),
    "as a float32 tensor": lambda a: torch.from_numpy(np.array(a)).float(),
    "as an int64 tensor": lambda a: torch.from_numpy(np.array(a)).long(),
    "as pandas has it": lambda a: pd.DataFrame(a) if a.ndim == 2 else pd.Series(list(a)),
}


def _as_array(good):
    """The good value as an array, None where it is none."""
    if isinstance(good, torch.Tensor):
        return good.detach().numpy()
    if isinstance(good, np.ndarray):
        return good
    if isinstance(good, list | tuple) and good and all(isinstance(part, int | float) for part in good):
        return np.array(good)
    return None


def bad_values(good):
    """Yield names and functions that make bad values for an argument, of which a good value is given."""
    yield from GENERAL.items()
    array = _as_array(good)
    if array is not None and array.dtype.kind in "biuf":
        for name, change in ARRAYS.items():
            if isinstance(good, torch.Tensor):
                yield f"tensor {name}", lambda change=change: _as_tensor(change(array))
            yield name, lambda change=change: change(array)
    elif isinstance(good, tuple | list) and good:
        for k in range(min(2, len(good))):
            for name, make in bad_values(good[k]):
                yield f"{name}, at {k}", lambda k=k, make=make: type(good)([*good[:k], make(), *good[k + 1 :]])
        yield "longer", lambda: good + good
        yield "shorter", lambda: good[:-1]
    elif isinstance(good, Mapping) and good:
        key, part = next(iter(good.items()))
        for name, make in bad_values(part):
            yield f"{name}, of a key", lambda make=make: {**good, key: make()}
        for name in ("None", "a text", "NaN", "-1", "an empty tuple", "an int8"):
            yield f"{name} for a key", lambda name=name: {**good, GENERAL[name](): part}


def _as_tensor(array):
    return torch.from_numpy(np.array(array)) if isinstance(array, np.ndarray) else torch.tensor(array)
