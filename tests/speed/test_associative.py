"""torch's associative_scan walks a linear recurrence as a loop does, both ways and from any first state."""

import numpy as np
import pytest
import torch
from ladder_runs import SHAPE

from rnn_course import speed
from rnn_course.speed import associative, rungs

if not associative.is_here():
    pytest.skip("this PyTorch has no associative_scan that scans both ways", allow_module_level=True)


def case(time):
    rng = np.random.default_rng(time)
    a, b, first = (torch.from_numpy(rng.normal(size=size)) for size in ((time, 2, 3), (time, 2, 3), (2, 3)))
    return a, b, first


def by_hand(a, b, first, reverse):
    a, b, h = a.numpy(), b.numpy(), first.numpy()
    found = np.empty_like(b)
    for t in range(len(a))[:: -1 if reverse else 1]:
        found[t] = h = a[t] * h + b[t]
    return found


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("time", [1, 2, 7, 16])
def test_it_is_the_loop(time, reverse):
    a, b, first = case(time)
    wanted = by_hand(a, b, first, reverse)
    assert associative.associative(a, b, first, b, reverse=reverse) is b  # out may be b, as in a scan
    np.testing.assert_allclose(b.numpy(), wanted, rtol=1e-12, atol=1e-12)


def test_compiled_it_is_the_same():
    if reason := speed.obstacle("compiled_loop"):
        pytest.skip(reason)
    a, b, first = case(4)
    found = associative._compiled(associative.backwards, a.shape)(a, b, first, "generic")
    np.testing.assert_allclose(found.numpy(), by_hand(a, b, first, True), rtol=1e-12, atol=1e-12)


class OnCuda(torch.Tensor):
    """A tensor of the CPU's that says it lies on CUDA."""

    is_cuda = True


@pytest.mark.parametrize("reverse", [False, True])
def test_on_cuda_it_is_compiled_for_its_sizes_and_pointwise(monkeypatch, reverse):
    a, b, first = case(5)
    wanted, asked = by_hand(a, b, first, reverse), []

    def played(walk, shape):
        asked.append(shape)
        return lambda a, b, first, mode: (asked.append(mode), walk(a, b, first, "generic"))[1]

    monkeypatch.setattr(associative, "_compiled", played)
    found = associative.associative(a.as_subclass(OnCuda), b, first, torch.empty_like(b), reverse=reverse)
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-12, atol=1e-12)
    assert asked == [(5, 2, 3), "pointwise"]


def test_the_rung_is_minGRU():
    one = speed.RUNGS["associative_scan"].make(SHAPE, 0, "cpu", torch.float32)
    one.run()
    assert rungs.compare(one.arrays(), rungs.reference("minGRU", SHAPE)) < 3e-6
