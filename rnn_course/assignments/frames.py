"""Messages between the marker and a submission: JSON and arrays, through a pipe, and no pickle.

A message is a tree of dicts, lists, tuples, text, numbers, None and arrays. It goes as eight bytes that say how long
its JSON is, the JSON, and the arrays' own bytes. It stands on NumPy alone: it goes with a submission into its box.
"""

import json
import math

import numpy as np

HEAD = 1_000_000  # bytes of JSON that one message may have
KINDS = ("<f8", "<f4", "<i8", "<i4", "<u8", "<u4", "<i2", "<u2", "|i1", "|u1", "|b1")


class Broken(Exception):
    """A message that is none; its text is the sentence that says why."""


def send(write, message):
    """Send a message by `write(bytes)`; TypeError for what a message cannot hold."""
    arrays = []
    tree = packed(message, arrays)
    head = json.dumps({"tree": tree, "arrays": [[a.dtype.str, a.shape] for a in arrays]}).encode("ascii")
    write(len(head).to_bytes(8, "little") + head + b"".join(a.tobytes() for a in arrays))


def receive(read, most):
    """Return the next message by `read(count)`, which gives so many bytes or raises EOFError.

    most: bytes that the arrays of a message may have together. What a message says of its size is looked at before
    anything of that size is read. Raises Broken for what is no message, and what `read` raises.
    """
    length = int.from_bytes(read(8), "little")
    if length > HEAD:
        raise Broken(f"A message of {length} bytes was announced, at most {HEAD} are read.")
    try:
        head = json.loads(read(length).decode("utf8"))
        tree, kinds = head["tree"], [_kind(*pair) for pair in head["arrays"]]
    except (ValueError, TypeError, KeyError, RecursionError) as reason:
        raise Broken(f"What came is no message ({type(reason).__name__}).") from None
    size = sum(np.dtype(kind).itemsize * math.prod(shape) for kind, shape in kinds)
    if size > most:
        raise Broken(f"Arrays of {size} bytes were announced, at most {most} are read.")
    arrays = []
    try:
        for kind, shape in kinds:
            count = np.dtype(kind).itemsize * math.prod(shape)
            arrays.append(np.frombuffer(bytearray(read(count)), kind).reshape(shape))
        return unpacked(tree, arrays)
    except (ValueError, TypeError, LookupError, RecursionError) as reason:
        raise Broken(f"What came is no message ({type(reason).__name__}).") from None


def _kind(kind, shape):
    if kind not in KINDS or len(shape) > 16 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise ValueError
    return kind, tuple(shape)


def packed(value, arrays):
    """A tree that JSON can hold, with a number in the place of every array, which is put at the list's end.

    Raises TypeError for what is not of the kinds that a message has.
    """
    if isinstance(value, np.ndarray):
        array = np.ascontiguousarray(value, value.dtype.newbyteorder("<")).reshape(value.shape)
        if array.dtype.str not in KINDS:
            raise TypeError(f"an array of dtype {value.dtype} cannot be sent")
        arrays.append(array)
        return {"array": len(arrays) - 1}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):
        return {"dict": [[packed(key, arrays), packed(part, arrays)] for key, part in value.items()]}
    if isinstance(value, list | tuple):
        parts = [packed(part, arrays) for part in value]
        return parts if isinstance(value, list) else {"tuple": parts}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a {type(value).__name__} cannot be sent")


def unpacked(tree, arrays):
    """The message that `packed` made a tree of; ValueError, TypeError or LookupError for what is no such tree."""
    if isinstance(tree, list):
        return [unpacked(part, arrays) for part in tree]
    if not isinstance(tree, dict):
        return tree
    ((kind, value),) = tree.items()
    if kind == "array":
        if type(value) is not int or value < 0:
            raise ValueError
        return arrays[value]
    if kind == "dict":
        return {unpacked(key, arrays): unpacked(part, arrays) for key, part in value}
    if kind == "tuple":
        return tuple(unpacked(part, arrays) for part in value)
    raise ValueError
