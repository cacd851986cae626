"""A learner's function is called with fresh arguments: what it gave and wrote into, or a sentence on why nothing came.

It stands on NumPy and `returned` alone, so that it can go with a submission into a place that holds nothing else.
"""

import ast
import copy
import inspect
import linecache
import re
import textwrap
import traceback
from collections.abc import Mapping

import numpy as np

from rnn_course.exercises.returned import NOTHING_YET, Unusable, parts_of, unwritten


def call(answer, given, returns=("",), keyed=False):
    """What a function returns on a deep copy of `given`, as `{name: array}`, and the names of those it wrote into.

    Arguments
        answer     what the learner wrote
        given      `{name: value}`, the arguments in their order; where there are none a plain value is an answer too
        returns    the names of the results, `("",)` where there is one
        keyed      whether the results must come as a dict with these names

    Raises Unusable, with a sentence, if the answer is no function, is still a stub, raises, or returns no real numbers.

    >>> call(lambda x: x.sum(axis=0), {"x": np.ones((2, 3))})
    ({'': array([2., 2., 2.])}, ())
    """
    if unwritten(answer):
        raise Unusable(NOTHING_YET)
    if not given and not callable(answer):
        return parts_of(answer, returns, keyed), ()
    if not callable(answer):
        raise Unusable(f"A function is wanted, got {answer!r}.")
    fresh = copy.deepcopy(given)
    try:
        value = answer(*fresh.values())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit and what pytest raises are no Exceptions
        raise Unusable(_raised(answer, error, given)) from None
    if value is None and not _empty(answer):
        raise Unusable("Your function returned None: is its `return` missing?")
    if unwritten(value):
        raise Unusable(NOTHING_YET)
    return parts_of(value, returns, keyed), tuple(name for name in given if not _same(given[name], fresh[name]))


def _empty(answer):
    """Whether a function does nothing at all, or still has a `...` in it that is no index."""
    code = getattr(inspect.unwrap(answer), "__code__", None)
    if code is None or len(code.co_code) <= len((lambda: None).__code__.co_code):
        return True
    try:
        nodes = list(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(answer)))))
    except (OSError, SyntaxError):  # no text, or that of a lambda, which is part of a line
        return ... in code.co_consts
    indices = [part for node in nodes if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)]
    return any(isinstance(node, ast.Constant) and node.value is ... and node not in indices for node in nodes)


def _same(a, b):
    """Whether an argument is as it was."""
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(_same(a[name], b[name]) for name in a)
    return np.shape(a) == np.shape(b) and bool(np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f"))


def said(error):
    """An error's type and text."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _raised(answer, error, given):
    """What an answer raised, in which of its lines, and what it had been given."""
    if "ellipsis" in str(error) and not isinstance(error, IndexError):  # NumPy's names it among the indices it takes
        return f"There is still a `...` in your function. ({said(error)})"
    line = line_of(answer, error)
    arrays = {name: value for name, value in given.items() if np.ndim(value)}
    for value in given.values():
        if isinstance(value, Mapping):  # of many weights, those that the line speaks of
            arrays |= {name: array for name, array in value.items() if re.search(rf"\b{name}\b", line)}
    shapes = ", ".join(f"{name} {np.shape(array)}" for name, array in arrays.items())
    where = f" It was given {shapes}." if shapes else ""
    return f"Your function raised {said(error)}." + (f" The line is `{line}`." if line else "") + where


def line_of(function, error):
    """The last line of the function's own file that the error went through; "" where it cannot be told."""
    file = getattr(getattr(inspect.unwrap(function), "__code__", None), "co_filename", None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return (own[-1].line or linecache.getline(file, own[-1].lineno)).strip() if own else ""
