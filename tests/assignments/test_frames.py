"""Messages go and come unchanged, and what claims to be one is refused before memory is taken."""

import io
import json
import math

import hypothesis
import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import strategies as st

from rnn_course.assignments import frames

DTYPES = st.sampled_from([np.dtype(kind) for kind in frames.KINDS])
ARRAYS = DTYPES.flatmap(lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=0, min_side=0, max_side=4)))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ARRAYS
TREES = st.recursive(
    LEAVES,
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.tuples(parts, parts)
        | st.dictionaries(st.text() | st.integers(), parts, max_size=3)
    ),
    max_leaves=6,
)


def reader(data):
    stream = io.BytesIO(data)

    def read(count):
        got = stream.read(count)
        if len(got) < count:
            raise EOFError
        return got

    return read


def sent(message):
    parts = []
    frames.send(parts.append, message)
    return b"".join(parts)


def same(a, b):
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b)))


@hypothesis.settings(deadline=None, max_examples=60)
@hypothesis.given(TREES)
def test_a_message_comes_as_it_went(message):
    assert same(frames.receive(reader(sent(message)), 1 << 30), message)


def test_several_messages_follow_one_another_and_arrays_can_be_written_into():
    read = reader(sent({"a": np.arange(3.0)}) + sent([1]))
    first = frames.receive(read, 100)
    first["a"] += 1
    np.testing.assert_array_equal(first["a"], [1, 2, 3])
    assert frames.receive(read, 100) == [1]
    with pytest.raises(EOFError):
        frames.receive(read, 100)


def test_a_number_of_numpys_goes_as_pythons_and_an_order_of_bytes_is_kept():
    assert type(frames.receive(reader(sent(np.float32(1.5))), 0)) is float
    big = np.arange(3, dtype=">f8")
    np.testing.assert_array_equal(frames.receive(reader(sent(big)), 24), [0, 1, 2])
    flipped = np.arange(6.0).reshape(2, 3).T
    np.testing.assert_array_equal(frames.receive(reader(sent(flipped)), 48), flipped)


@pytest.mark.parametrize("value", [{1, 2}, object(), np.array(["a"]), np.array([1j]), np.array([None])], ids="abcde")
def test_what_a_message_cannot_hold_is_not_sent(value):
    with pytest.raises(TypeError, match="cannot be sent"):
        sent({"x": value})


def head(content):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return len(data).to_bytes(8, "little") + data


def tree(tree, *arrays):
    return head({"tree": tree, "arrays": arrays})


@pytest.mark.parametrize(
    "data",
    [
        (10**12).to_bytes(8, "little"),
        b"\xff" * 9,
        head(b"no json"),
        head(b"\xff\xfe{}"),
        head([1, 2]),
        head({"tree": 1}),
        head(b"[" * 100_000),
        tree({"array": 0}, ["<f8", [10**12]]),
        tree({"array": 0}, ["<f8", [10**6, 10**6]]),
        tree({"array": 0}, ["<f8", [0, 2**39, 2**39]]),
        tree({"array": 0}, ["<f8", [-3]]),
        tree({"array": 0}, ["<f8", [True]]),
        tree({"array": 0}, ["<f8", [2.0]]),
        tree({"array": 0}, ["<f8", [1] * 40]),
        tree({"array": 0}, ["|O", [1]]),
        tree({"array": 0}, ["<U9", [1]]),
        tree({"array": -1}, ["<f8", []]) + bytes(8),
        tree({"array": 1}, ["<f8", []]) + bytes(8),
        tree({"module": "os"}),
        tree({"dict": [[[1], 2]]}),
        tree({"dict": [[1]]}),
        tree({"a": 1, "b": 2}),
    ],
)
def test_what_is_no_message_is_refused_before_anything_of_its_size_is_read(data):
    asked = []
    read = reader(data)

    def watched(count):
        asked.append(count)
        return read(count)

    with pytest.raises(frames.Broken):
        frames.receive(watched, 1000)
    assert max(asked) < frames.HEAD


def test_every_cut_of_a_message_is_an_end():
    data = sent({"x": np.ones((2, 3)), "name": "h"})
    for length in range(len(data)):
        with pytest.raises(EOFError):
            frames.receive(reader(data[:length]), 1000)
