"""Every rung of the ladder computes what the equations do; what is recorded says how it came about."""

import contextlib
import copy
import json
import os
import platform
import subprocess
import sys

import numpy as np
import pytest
import torch

from rnn_course import speed
from rnn_course.data import load_record
from rnn_course.speed import measuring, records, rungs

SHAPE = speed.Shape(3, 21, 4, 5)
QUICK = {"seconds": 0.01, "least": 2, "most": 3}
LIMITS = {"product": {"float32": 1e9}, "copy": 1e9, "call": 1e-6}
SETTINGS = {"threads": 1}
SLOW = ("compiled_loop",)  # compiling takes half a minute: once, in `test_compiled_loop`


def torch_lstm(x, grad_h, parameters):
    """h and the gradients by torch.nn.LSTM in float64."""
    layer = torch.nn.LSTM(x.shape[2], grad_h.shape[2], batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.from_numpy(parameters["W_x"]))
        layer.weight_hh_l0.copy_(torch.from_numpy(parameters["W_h"]))
        layer.bias_ih_l0.copy_(torch.from_numpy(parameters["b"]))
        layer.bias_hh_l0.zero_()
    x = torch.from_numpy(x).double().requires_grad_()
    h = layer(x)[0]
    h.backward(torch.from_numpy(grad_h).double())
    found = {"h": h.detach(), "x": x.grad, "W_x": layer.weight_ih_l0.grad, "W_h": layer.weight_hh_l0.grad}
    return {name: value.numpy() for name, value in (found | {"b": layer.bias_ih_l0.grad}).items()}


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


def test_what_is_said_of_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a GPU")
    monkeypatch.setattr(records, "_driver", lambda: "1.2")
    assert records.device_facts("cuda") == {"kind": "cuda", "name": "a GPU", "driver": "1.2"}
    assert set(records.versions("cuda")) == {"python", "numpy", "torch", "cuda", "cudnn"}


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


def test_repeats_are_spread_and_counted(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(measuring.time, "perf_counter", lambda: now[0])
    order = []

    def call(name, seconds):
        def run():
            order.append(name)
            now[0] += seconds

        return run

    calls = {"slow": call("slow", 1.0), "quick": call("quick", 0.125), "least": call("least", 50.0)}
    times = speed.interleaved(calls, seconds=4, least=2, most=20, warmup=1)
    assert {name: list(values) for name, values in times.items()} == {
        "slow": [1.0] * 4,
        "quick": [0.125] * 20,
        "least": [50.0] * 2,
    }
    slow = [place for place, name in enumerate(order[3:]) if name == "slow"]
    assert np.diff(slow).min() >= 5 and np.diff(slow).max() <= 8


def test_the_device_is_waited_for(monkeypatch):
    """What a call only begins is in its time, and what ran before it is not."""
    now, pending = [0.0], [0.0]
    monkeypatch.setattr(measuring.time, "perf_counter", lambda: now[0])

    def call():
        now[0] += 1
        pending[0] += 10

    def wait():
        now[0] += pending[0]
        pending[0] = 0.0

    for warmup in (0, 1, 3):
        pending[0] = 1000.0
        assert set(speed.interleaved({"it": call}, warmup=warmup, wait=wait)["it"]) == {11.0}


def test_spread():
    assert speed.spread(np.array([5.0, 1, 3, 2, 4])) == {"median": 3, "low": 2, "high": 4, "repeats": 5}


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


def record_of(results, **changed):
    made = speed.make_record(results, LIMITS, command="test", device="cpu", settings=SETTINGS)
    return made | changed


@pytest.fixture(scope="module")
def record():
    return record_of(speed.measure([SHAPE, (1, 2, 3, 4)], ["numpy_cell", "cuda_graph", "mingru_scan"], **QUICK))


def test_a_record_comes_back_as_it_was_saved(record, tmp_path):
    speed.save_record(tmp_path / "mine.json", record)
    assert speed.read_record(tmp_path / "mine.json") == record
    lines = (tmp_path / "mine.json").read_text("utf8").splitlines()
    assert sum('"rung"' in line for line in lines) == len(record["results"]) == 6
    assert "skipped: a CUDA graph needs a GPU" in speed.table(record)


@pytest.mark.parametrize("field", ["command", "date", "versions", "settings", "machine", "device", "limits", "results"])
def test_a_record_without_its_provenance_is_refused(record, tmp_path, field):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({k: v for k, v in record.items() if k != field}), "utf8")
    with pytest.raises(ValueError, match=rf"mine.json.*{field}"):
        speed.read_record(path)
    with pytest.raises(ValueError, match=field):
        speed.save_record(path, record | {field: None})


WRONG = {
    "unknown rung 'mine'": {"rung": "mine"},
    "calls numpy_cell minGRU": {"model": "minGRU"},
    "sizes": {"batch": 0},
    "0 < low": {"low": 1e9},
    "or the reason": {"median": None},
    "without a reason": {"skipped": " "},
    "skipped and has a time": {"skipped": "no time"},
    "how often": {"repeats": 0},
    "its error": {"error": None},
}


@pytest.mark.parametrize("words", WRONG)
def test_a_result_of_another_form_is_refused(record, words):
    spoilt = copy.deepcopy(record)
    spoilt["results"][0] |= WRONG[words]
    with pytest.raises(ValueError, match=f"result 0 .*{words}"):
        speed.check_record("mine", spoilt)


def test_other_records_that_are_refused(record, tmp_path):
    with pytest.raises(ValueError, match="result 0 must have exactly"):
        speed.check_record("mine", record | {"results": [{"rung": "tutorial"}]})
    with pytest.raises(ValueError, match="is a list, it must be a mapping"):
        speed.check_record("mine", [])
    with pytest.raises(ValueError, match="which device"):
        speed.check_record("mine", record | {"device": {"kind": "tpu", "name": "x"}})
    with pytest.raises(ValueError, match="driver"):
        speed.check_record("mine", record | {"device": {"kind": "cuda", "name": "x", "driver": None}})
    (tmp_path / "no.json").write_text("{", "utf8")
    with pytest.raises(ValueError, match=r"'no\.json' is not JSON"):
        speed.read_record(tmp_path / "no.json")


def test_the_shipped_record_is_of_a_cpu_and_complete():
    record = speed.check_record("speed_cpu", load_record("speed_cpu"))
    assert record["device"]["kind"] == "cpu" and not record["settings"]["smoke"]
    shapes = {tuple(result[name] for name in speed.Shape._fields) for result in record["results"]}
    found = [(r["rung"], tuple(r[name] for name in speed.Shape._fields)) for r in record["results"]]
    assert sorted(found) == sorted((rung, shape) for rung in speed.RUNGS for shape in shapes)
    for result in record["results"]:
        assert (result["skipped"] or "").startswith(speed.FAILED) is False, result
        if result["skipped"] is None:
            assert result["error"] <= rungs.tolerance(result["rung"])


def test_no_record_of_a_gpu_is_shipped():
    """None was measured; a record of one would have to say its driver."""
    for path in (records.Path(speed.__file__).parent.parent / "data" / "recorded").glob("speed_*.json"):
        assert speed.read_record(path)["device"]["kind"] == "cpu"


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
