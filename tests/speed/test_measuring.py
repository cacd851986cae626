"""What is wrong is not timed, and the limits of a machine are those of its products."""

import numpy as np
import pytest
import torch
from ladder_runs import QUICK, SHAPE, record_of

from rnn_course import speed
from rnn_course.speed import measuring, rungs


@pytest.mark.parametrize("wrong", ["h", "x", "W_x", "W_h", "b"])
def test_a_wrong_rung_is_not_timed(monkeypatch, wrong):
    def broken(shape, seed, device, dtype):
        one = rungs._nn_lstm(shape, seed, device, dtype)
        arrays = one.arrays

        def changed():
            found = arrays()
            found[wrong].flat[-1] *= 1.01
            return found

        one.arrays = changed
        return one

    plant(monkeypatch, "nn_lstm", broken)
    result, good = speed.measure([SHAPE], ["nn_lstm", "fused_loop"], **QUICK)
    assert result["skipped"].startswith(speed.FAILED + "its error")
    assert result["median"] is None and result["error"] > 1e-4
    assert good["skipped"] is None and good["median"] > 0


def test_a_rung_that_gives_nan_or_raises_says_so(monkeypatch):
    def nothing(shape, seed, device, dtype):
        raise RuntimeError("no kernel\nof that kind")

    plant(monkeypatch, "nn_lstm", nothing)
    plant(monkeypatch, "fused_loop", lambda *a: NotANumber(rungs._fused(*a)))
    raised, nan = speed.measure([SHAPE], ["nn_lstm", "fused_loop"], **QUICK)
    assert raised["skipped"] == speed.FAILED + "RuntimeError: no kernel"
    assert nan["skipped"].startswith(speed.FAILED) and nan["error"] is None
    record_of([raised, nan])  # both may be recorded


class NotANumber:
    def __init__(self, one):
        self.one, self.run = one, one.run

    def arrays(self):
        return self.one.arrays() | {"h": np.full((3, 21, 5), np.nan)}


def plant(monkeypatch, name, make):
    old = speed.RUNGS[name]
    monkeypatch.setitem(rungs.RUNGS, name, speed.Rung(old.label, make, old.model, old.dtype, old.only))


def test_work():
    """Counted by hand: each weight is multiplied and added once forward and twice backward at each step."""
    batch, time, inputs, hidden = SHAPE
    assert speed.work(SHAPE) == 3 * 2 * batch * time * (4 * hidden * inputs + 4 * hidden * hidden)
    assert speed.work(SHAPE, "minGRU") == 3 * 2 * batch * time * 2 * hidden * inputs


def test_conditions_are_set_alike_and_put_back():
    flags = torch.backends.cuda.matmul, torch.backends.cudnn
    before = torch.get_num_threads(), [flag.allow_tf32 for flag in flags]
    for tf32 in (True, False):
        with measuring.conditions("cpu", 2, tf32):
            assert torch.get_num_threads() == 2 and [flag.allow_tf32 for flag in flags] == [tf32, tf32]
    assert (torch.get_num_threads(), [flag.allow_tf32 for flag in flags]) == before


def test_limits():
    found = speed.limits(seconds=0.02)
    assert 1e8 < found["product"]["float64"] < found["product"]["float32"] < 1e14
    assert 1e7 < found["copy"] < 1e13 and 1e-8 < found["call"] < 1e-2


def test_bad_input():
    with pytest.raises(ValueError, match="rungs is 'fast', it must be one of 'tutorial'"):
        speed.measure([SHAPE], ["fast"])
    with pytest.raises(ValueError, match="name is 'fast'"):
        speed.prepare("fast", SHAPE)
    with pytest.raises(ValueError, match="device is 'tpu', it must be one of 'cpu', 'cuda'"):
        speed.measure([SHAPE], device="tpu")
    with pytest.raises(TypeError, match=r"shape is \(1, 2\), it must be \(batch, time, input, hidden\)"):
        speed.measure([(1, 2)])
    with pytest.raises(ValueError, match="time is 0, it must be at least 1"):
        speed.measure([(1, 0, 2, 3)])
    with pytest.raises(ValueError, match="seconds is 0, it must be positive"):
        speed.measure([SHAPE], seconds=0)
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="torch finds no GPU here"):
            speed.prepare("nn_lstm", SHAPE, "cuda")
