"""The fast walks are the walk through `equations` and `step_back`, arranged: both give the same."""

from itertools import product

import numpy as np
import pytest
from cell_kinds import OURS

from rnn_course.cells import MinGRU
from rnn_course.cells.walk import Walk

CELLS = OURS | {"mingru": (MinGRU, {}), "mingru loop": (MinGRU, {"method": "loop"})}
LENGTHS = {"whole": None, "padded": [4, 7, 1]}


def outcomes(cell, x, state, lengths, reverse, grad_h, grad_last):
    """Everything that comes out of a cell, by name."""
    h, last = cell.forward(x, state, lengths, reverse)
    kind = type(cell._last)
    grads = cell.backward(grad_h, grad_last)
    trace = cell.trace(x, state, lengths, reverse)
    states = {f"{name} {k}": v for name, s in (("last", last), ("first", grads.state)) for k, v in enumerate([*s])}
    return kind, {"h": h, "x": grads.x, **states, **grads.parameters, **{f"trace {k}": v for k, v in trace.items()}}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", CELLS)
def test_both_walks_are_equal(kind, dtype):
    cls, options = CELLS[kind]
    tolerance = 1e-12 if dtype == np.float64 else 2e-6
    for seed, (lengths, reverse, time) in enumerate(product(LENGTHS.values(), (False, True), (7, 1))):
        rng = np.random.default_rng(seed)
        lengths = lengths and np.minimum(lengths, time)
        fast, plain = (cls(2, 5, dtype, seed=seed, **options) for _ in range(2))
        plain.fast = None
        fields = len(fast.state_fields)
        state, grad_last = (
            tuple(rng.normal(size=(3, 5)).astype(dtype) for _ in range(fields))
            if fields > 1
            else rng.normal(size=(3, 5)).astype(dtype)
            for _ in range(2)
        )
        x, grad_h = (rng.normal(size=(3, time, size)).astype(dtype) for size in (2, 5))
        given = x, state, lengths, reverse, grad_h, grad_last
        (fast_walk, found), (plain_walk, wanted) = outcomes(fast, *given), outcomes(plain, *given)
        assert plain_walk is Walk and fast_walk is cls.fast is not Walk
        assert found.keys() == wanted.keys()
        for name, want in wanted.items():
            assert found[name].dtype == dtype
            limit = tolerance * max(1, np.abs(want).max())
            np.testing.assert_allclose(found[name], want, rtol=0, atol=limit, err_msg=f"{name} {lengths} {reverse}")


def test_a_shape_that_changes_between_calls_takes_nothing_from_the_call_before():
    rng = np.random.default_rng(3)
    for cls, options in CELLS.values():
        cell = cls(2, 5, seed=1, **options)
        for shape in ((3, 6), (1, 9), (3, 6), (4, 6)):
            x = rng.normal(size=(*shape, 2))
            h, _ = cell.forward(x)
            grads, fresh = cell.backward(h), cls(2, 5, seed=1, **options)
            assert (fresh.forward(x)[0] == h).all()
            again = fresh.backward(h)
            assert (again.x == grads.x).all() and all(
                (again.parameters[k] == v).all() for k, v in grads.parameters.items()
            )
