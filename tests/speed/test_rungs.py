"""Every rung of the ladder computes what the equations do, and says why it cannot run where it cannot."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest
import torch
from gpu_stand_ins import OnTheCPU, play_cuda, play_mps
from ladder_runs import QUICK, SHAPE
from torch_oracle import through_module

from rnn_course import speed
from rnn_course.speed import passes, rungs

SLOW = ("compiled_loop",)  # compiling takes half a minute: once, in `test_compiled_loop`


def torch_lstm(x, grad_h, parameters):
    """h and the gradients by torch.nn.LSTM in float64."""
    layer = torch.nn.LSTM(x.shape[2], grad_h.shape[2], batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.from_numpy(parameters["W_x"]))
        layer.weight_hh_l0.copy_(torch.from_numpy(parameters["W_h"]))
        layer.bias_ih_l0.copy_(torch.from_numpy(parameters["b"]))
        layer.bias_hh_l0.zero_()
    zeros = [np.zeros((len(x), grad_h.shape[2]))] * 2
    found = through_module(layer, x.astype(float), zeros, grad_h.astype(float), zeros)
    return {"h": found.h, "x": found.x} | {name.removeprefix("0."): value for name, value in found.parameters.items()}


def test_the_reference_is_torchs_lstm():
    wanted = torch_lstm(*rungs.case("LSTM", SHAPE))
    found = rungs.reference("LSTM", SHAPE)
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-11, atol=1e-12)


def runnable(device="cpu"):
    return [name for name in speed.RUNGS if name not in SLOW and speed.obstacle(name, device) is None]


@pytest.mark.parametrize("name", runnable())
def test_every_rung_is_the_same_function(name):
    one = speed.prepare(name, SHAPE)
    for _ in range(2):
        one.run()  # the second run must not add to the first
    wanted = rungs.reference(speed.RUNGS[name].model, SHAPE)
    found = one.arrays()
    few = {"float64": 1e-12, "float32": 3e-6, "bfloat16": 0.05, "float16": 0.01}[speed.RUNGS[name].dtype]
    for key, value in wanted.items():
        assert found[key].shape == value.shape
        assert np.abs(found[key] - value).max() <= few * np.abs(value).max(), key
    assert speed.error_of(name, SHAPE) <= few


def test_the_half_precisions_are_not_float32():
    if reason := speed.obstacle("nn_lstm_bf16"):
        pytest.skip(reason)
    assert speed.error_of("nn_lstm_bf16", SHAPE) > 1e-4


def test_compiled_loop():
    reason = speed.obstacle("compiled_loop")
    if reason:
        pytest.skip(reason)
    shape = speed.Shape(3, 2 * rungs.CHUNK["cpu"] + 1, 4, 5)  # two chunks and a step left over
    assert speed.error_of("compiled_loop", shape) < 3e-6


def test_chunks_and_the_steps_left_over():
    for chunk in (1, 4, 21, 30):
        one = rungs._fused(SHAPE, 0, "cpu", torch.float32, chunk=chunk)
        one.run()
        assert rungs.compare(one.arrays(), rungs.reference("LSTM", SHAPE)) < 3e-6


@pytest.mark.parametrize("name", runnable("cuda") if torch.cuda.is_available() else [])
def test_every_rung_on_a_gpu(name):
    assert speed.error_of(name, SHAPE, "cuda") < rungs.tolerance(name)


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_every_rung_on_a_gpu_that_is_played(monkeypatch, kind):
    """The code for a GPU, carried out on the CPU."""
    rungs._half_obstacle.cache_clear()
    {"cuda": play_cuda, "mps": play_mps}[kind](monkeypatch)
    monkeypatch.setattr(rungs, "find_spec", lambda name: True)
    with OnTheCPU(kind):
        names = [name for name in runnable(kind) if name != "nn_lstm_fp16"]  # of which few CPUs have a routine
        errors = {name: speed.error_of(name, SHAPE, kind) for name in names}
    rungs._half_obstacle.cache_clear()
    on_cuda_alone = {"cuda_graph", "nn_lstm_f64", "associative_scan"}
    assert {"cell_loop", "nn_lstm", "mingru_scan"} < set(errors)
    assert on_cuda_alone & set(errors) == (on_cuda_alone if kind == "cuda" else set())
    for name, error in errors.items():
        assert error < rungs.tolerance(name), name


def test_what_a_device_cannot_run_says_why():
    assert speed.obstacle("cuda_graph", "cpu") == "a CUDA graph needs a GPU that CUDA drives"
    assert speed.obstacle("tutorial", "cuda") == speed.obstacle("numpy_cell", "cuda") == "NumPy runs on the CPU only"
    assert speed.obstacle("nn_lstm", "cpu") is None
    (result,) = speed.measure([SHAPE], ["cuda_graph"], **QUICK)
    assert result == {
        **{"rung": "cuda_graph", "model": "LSTM", "dtype": "float32", "batch": 3, "time": 21, "input": 4, "hidden": 5},
        **{"median": None, "low": None, "high": None, "repeats": 0, "error": None},
        "skipped": "a CUDA graph needs a GPU that CUDA drives",
    }


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="an older x86 processor is played by settings"
)
def test_a_processor_without_half_precision_says_so():
    """What oneDNN offers is chosen as torch is loaded, so an older processor is a process of its own."""
    code = "from rnn_course import speed; print(speed.obstacle('nn_lstm_bf16'), speed.obstacle('nn_lstm'), sep='|')"
    older = os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
    said = subprocess.run([sys.executable, "-c", code], env=older, capture_output=True, text=True, check=True).stdout
    half, full = said.strip().split("|")
    assert "cannot train nn.LSTM in bfloat16 on this processor" in half
    assert full == "None"


def test_what_apples_gpus_cannot_run_says_why():
    assert speed.obstacle("cuda_graph", "mps") == "a CUDA graph needs a GPU that CUDA drives"
    assert speed.obstacle("numpy_cell", "mps") == "NumPy runs on the CPU only"
    assert speed.obstacle("nn_lstm_f64", "mps") == "Apple's GPUs have no float64"
    assert speed.obstacle("compiled_loop", "mps").startswith("torch.compile for Apple's GPUs is a prototype")
    assert speed.obstacle("nn_lstm", "mps") is None


def test_where_torch_has_no_associative_scan_that_rung_says_so(monkeypatch):
    assert speed.obstacle("associative_scan", "cpu") == "torch compiles associative_scan into one kernel for CUDA only"
    monkeypatch.setattr(rungs, "find_spec", lambda name: True)
    assert speed.obstacle("associative_scan", "cuda") is None
    for older in (None, lambda combine_fn, xs, dim: None):
        monkeypatch.setattr(rungs.associative, "associative_scan", older)
        assert "has no associative_scan that scans both ways" in speed.obstacle("associative_scan", "cuda")


def test_compiled_rungs_are_compiled_for_each_shape_and_once(monkeypatch):
    """Where torch saw the sizes change it compiled for sizes of any value; beyond its limit it did not compile."""
    if reason := speed.obstacle("compiled_loop"):
        pytest.skip(reason)
    from torch._dynamo import config

    limit = "recompile_limit" if hasattr(config, "recompile_limit") else "cache_size_limit"
    monkeypatch.setattr(config, limit, 2)  # a first chunk's state has no gradient and a later one's has: two graphs
    monkeypatch.setitem(rungs.CHUNK, "cpu", 1)
    rungs._compiled_steps.cache_clear()
    shapes = [(3, 3, 4, 5), (2, 3, 4, 5), (2, 4, 4, 5)]
    before = passes._graphs()
    results = speed.measure(shapes, ["fused_loop", "compiled_loop"], **QUICK)
    assert passes._graphs() - before == 2 * 2  # time is no size of a chunk
    rungs._compiled_steps.cache_clear()
    assert [result.get("recompiles") for result in results] == [None, 0] * 3
    firsts = [result.get("first") for result in results]
    assert firsts[::2] == [None] * 3 and firsts[1] > firsts[5] > 0  # the third shape was compiled with the second
    assert all(result["error"] < 3e-6 for result in results)


def test_without_a_compiler_the_compiled_loop_says_so(monkeypatch):
    monkeypatch.setattr(rungs.shutil, "which", lambda name: None)
    assert "C++ compiler" in speed.obstacle("compiled_loop", "cpu")
