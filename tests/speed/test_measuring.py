"""What is wrong is not timed, and the limits of a machine are those of its products."""

import weakref

import numpy as np
import pytest
import torch
from gpu_stand_ins import OnTheCPU, play_cuda, play_mps
from ladder_runs import QUICK, SHAPE, record_of

from rnn_course import speed
from rnn_course.speed import measuring, passes, rungs


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


class RunsOut:
    """A rung that finds no memory at its n-th run."""

    def __init__(self, one, problem, at):
        self.one, self.arrays, self.problem, self.left = one, one.arrays, problem, at

    def run(self):
        self.left -= 1
        if self.left <= 0:
            raise type(self.problem)(*self.problem.args)  # a new one, which holds no earlier frames
        self.one.run()


LACKS = [
    torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\nMore of it."),
    MemoryError("Unable to allocate 7 GiB"),
    RuntimeError("MPS backend out of memory (MPS allocated: 5.56 GB)"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:1] DefaultCPUAllocator: can't allocate memory: you tried"),
    RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
]


@pytest.mark.parametrize("problem", LACKS, ids=lambda problem: f"{type(problem).__name__}: {str(problem)[:20]}")
@pytest.mark.parametrize("at", [1, 2, 4], ids=["checked", "warmed up", "timed"])
def test_a_rung_that_finds_no_memory_is_recorded_and_the_others_go_on(monkeypatch, problem, at):
    held, freed = [], []

    def hungry(*arguments):
        one = RunsOut(rungs._nn_lstm(*arguments), problem, at)
        held.append(weakref.ref(one))
        return one

    plant(monkeypatch, "nn_lstm", hungry)
    monkeypatch.setattr(measuring.devices, "release", lambda device: freed.append(held[0]() is None))
    names = ["cell_loop", "nn_lstm", "fused_loop"]
    before, lost, after = speed.measure([SHAPE], names, **QUICK)
    first_line = str(problem).splitlines()[0]
    assert lost["skipped"] == f"{speed.OUT_OF_MEMORY}{type(problem).__name__}: {first_line}"
    assert (lost["median"], lost["repeats"]) == (None, 0)
    assert freed[0]  # the rung is gone by then, and so is what it held
    for good in (before, after):
        assert good["skipped"] is None and good["repeats"] >= QUICK["least"]
    assert lost["skipped"] in speed.table(record_of([before, lost, after]))


def test_what_else_goes_wrong_while_it_is_timed_does_not_stop_the_others_either(monkeypatch):
    plant(monkeypatch, "nn_lstm", lambda *a: RunsOut(rungs._nn_lstm(*a), RuntimeError("an illegal step"), 3))
    lost, good = speed.measure([SHAPE], ["nn_lstm", "fused_loop"], **QUICK)
    assert lost["skipped"] == "failed: RuntimeError: an illegal step" and good["skipped"] is None


def test_a_reference_for_which_the_gpu_is_too_small_is_worked_out_on_the_cpu(monkeypatch):
    play_cuda(monkeypatch)
    true, asked = measuring.reference, []

    def small(model, shape, seed, device):
        asked.append(device)
        if device == "cuda":
            raise torch.cuda.OutOfMemoryError("CUDA out of memory.")
        return true(model, shape, seed, device)

    monkeypatch.setattr(measuring, "reference", small)
    with OnTheCPU("cuda"):
        (result,) = speed.measure([SHAPE], ["nn_lstm"], "cuda", **QUICK)
    assert asked == ["cuda", "cpu"] and result["skipped"] is None


def test_a_gpu_that_fails_keeps_what_was_measured_before(monkeypatch):
    """What a kernel does wrong is told when the device is waited for, and from then on at every call."""
    play_cuda(monkeypatch)
    second = torch.Size((2, 3, 4))

    def broken(*_):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    def run(self, run=passes.TorchPass.run):
        run(self)
        if self.leaves["x"].shape == second:
            monkeypatch.setattr(torch.cuda, "synchronize", broken)
            monkeypatch.setattr(torch.cuda, "empty_cache", broken)

    def wait():
        torch.cuda.synchronize()  # as it is by then

    monkeypatch.setattr(measuring.devices, "waiter", lambda device: wait)
    monkeypatch.setattr(passes.TorchPass, "run", run)
    with OnTheCPU("cuda"):
        results = speed.measure([SHAPE, (2, 3, 4, 5)], ["cell_loop", "nn_lstm", "tutorial"], "cuda", **QUICK)
    failed = "failed: RuntimeError: CUDA error: an illegal memory access was encountered"
    on_the_cpu = "NumPy runs on the CPU only"
    assert [result["skipped"] for result in results] == [None, None, on_the_cpu, failed, failed, on_the_cpu]


@pytest.mark.parametrize(("device", "play"), [("cuda", lambda m: play_cuda(m)[1]), ("mps", play_mps)])
def test_a_gpu_is_waited_for_around_every_time(monkeypatch, device, play):
    waits = play(monkeypatch)
    with OnTheCPU(device):
        results = speed.measure([SHAPE], ["cell_loop", "nn_lstm", "mingru_scan"], device, **QUICK)
    assert [result["skipped"] for result in results] == [None] * 3
    assert len(waits) == 2 * sum(1 + result["repeats"] for result in results)  # before and after, the warm-up too


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
    assert {"float64", "float32"} <= found["product"].keys()
    assert all(1e8 < rate < 1e14 for rate in found["product"].values())  # which is faster hangs on the machine's load
    assert 1e7 < found["copy"] < 1e13 and 1e-8 < found["launch"] < 1e-2 > found["call"] > 1e-8


def test_limits_of_a_gpu(monkeypatch):
    """A call is waited for, a launch is one of many that are waited for once; products are of random numbers."""
    _, waits = play_cuda(monkeypatch)
    monkeypatch.setattr(measuring, "obstacle", lambda name, device: None if name == "nn_lstm" else "another dtype")
    calls = []

    def watched(calls_, *how):
        (call,) = calls_.values()
        waits.clear()
        found = call()
        calls.append((found, len(found) if isinstance(found, list) else 1))
        return {"it": np.array([2.0 if isinstance(found, list) else 3.0])}

    monkeypatch.setattr(measuring, "interleaved", watched)
    randn = torch.randn
    monkeypatch.setattr(torch, "randn", lambda *size, **how: randn(*(min(n, 64) for n in size), **how))
    with OnTheCPU("cuda"):
        found = speed.limits("cuda")
    assert found["call"] == 3.0 and found["launch"] == 2.0 / measuring.IN_A_ROW
    product, _ = calls[0]
    assert found["product"] == {"float32": float(f"{2 * 8192**3 / 3:.4g}")}
    assert product.std() > 1  # of ones every entry would be 64
    assert [count for _, count in calls] == [1, 1, 1, measuring.IN_A_ROW]


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
