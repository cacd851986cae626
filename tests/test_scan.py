"""The linear recurrence, step by step and in blocks, against the same in Python's own numbers."""

import numpy as np
import pytest

from rnn_course.scan import WALKS


def in_python(a, b, first, reverse):
    """h_t = a_t h_{t−1} + b_t of one unit, in plain floats."""
    h, found = first, [None] * len(a)
    for t in reversed(range(len(a))) if reverse else range(len(a)):
        h = a[t] * h + b[t]
        found[t] = h
    return found


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("time", [1, 2, 3, 8, 49, 50, 62])
def test_both_walks_are_the_recurrence(time, walk, reverse):
    """With blocks that come out even, with one step left over, and with all but one."""
    rng = np.random.default_rng(time)
    a, b, first = rng.normal(size=(time, 2, 3)), rng.normal(size=(time, 2, 3)), rng.normal(size=(2, 3))
    kept = a.copy(), b.copy(), first.copy()
    wanted = [
        [in_python(a[:, i, j].tolist(), b[:, i, j].tolist(), float(first[i, j]), reverse) for j in range(3)]
        for i in range(2)
    ]
    out = np.full_like(b, np.nan)
    assert WALKS[walk](a, b, first, out, reverse=reverse) is out
    wanted = np.array(wanted).transpose(2, 0, 1)
    np.testing.assert_allclose(out, wanted, rtol=0, atol=1e-12 * np.abs(wanted).max())
    assert all((now == then).all() for now, then in zip((a, b, first), kept, strict=True))
