"""Every rung of the ladder computes what the equations do, and says why it cannot run where it cannot."""

import contextlib
import os
import platform
import subprocess
import sys

import numpy as np
import pytest
import torch
from ladder_runs import QUICK, SHAPE
from torch_oracle import through_module

from rnn_course import speed
from rnn_course.speed import rungs

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


class StandIn:
    """What GraphPass asks of torch.cuda, where there is no GPU: it shows that the code runs, not what it gains."""

    def __init__(self):
        self.said = []

    def wait_stream(self, other):
        self.said.append("wait")

    def replay(self):
        self.said.append("replay")


def test_the_graph_is_warmed_up_captured_and_replayed(monkeypatch):
    it = StandIn()
    for name in ("Stream", "CUDAGraph", "current_stream"):
        monkeypatch.setattr(torch.cuda, name, lambda: it)
    for name in ("stream", "graph"):
        monkeypatch.setattr(torch.cuda, name, lambda it, name=name: contextlib.nullcontext(it.said.append(name)))
    passes, run = [], rungs.TorchPass.run
    monkeypatch.setattr(rungs.TorchPass, "run", lambda self: (passes.append(len(it.said)), run(self)))
    one = speed.RUNGS["cuda_graph"].make(SHAPE, 0, "cpu", torch.float32)
    one.run()
    assert it.said == ["wait", "stream", "wait", "graph", "replay"]
    assert passes == [2, 2, 2, 4]  # three in the other stream, one captured, none when it is replayed
    assert rungs.compare(one.arrays(), rungs.reference("LSTM", SHAPE)) < 3e-6


def test_what_a_device_cannot_run_says_why():
    assert speed.obstacle("cuda_graph", "cpu") == "a CUDA graph needs a GPU"
    assert speed.obstacle("tutorial", "cuda") == speed.obstacle("numpy_cell", "cuda") == "NumPy runs on the CPU only"
    assert speed.obstacle("nn_lstm", "cpu") is None
    (result,) = speed.measure([SHAPE], ["cuda_graph"], **QUICK)
    assert result == {
        **{"rung": "cuda_graph", "model": "LSTM", "dtype": "float32", "batch": 3, "time": 21, "input": 4, "hidden": 5},
        **{"median": None, "low": None, "high": None, "repeats": 0, "error": None},
        "skipped": "a CUDA graph needs a GPU",
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


def test_without_a_compiler_the_compiled_loop_says_so(monkeypatch):
    monkeypatch.setattr(rungs.shutil, "which", lambda name: None)
    assert "C++ compiler" in speed.obstacle("compiled_loop", "cpu")
