"""What is recorded says how it came about, and a record of another form is refused."""

import copy
import json
import math
from pathlib import Path

import pytest
from gpu_stand_ins import play_cuda, play_mps
from ladder_runs import QUICK, SHAPE, record_of

from rnn_course import speed
from rnn_course.data import load_record
from rnn_course.speed import records, rungs


def test_what_is_said_of_a_gpu(monkeypatch):
    play_cuda(monkeypatch)
    assert records.device_facts("cuda") == {"kind": "cuda", "name": "a GPU of NVIDIA's", "driver": "1.2"}
    assert set(records.versions("cuda")) == {"python", "numpy", "torch", "cuda", "cudnn"}
    play_mps(monkeypatch)
    assert records.device_facts("mps") == {"kind": "mps", "name": "Apple M9", "driver": "macOS 26.1"}
    assert set(records.versions("mps")) == {"python", "numpy", "torch"}


@pytest.fixture(scope="module")
def record():
    return record_of(speed.measure([SHAPE, (1, 2, 3, 4)], ["numpy_cell", "cuda_graph", "mingru_scan"], **QUICK))


def test_a_record_comes_back_as_it_was_saved(record, tmp_path):
    speed.save_record(tmp_path / "mine.json", record)
    assert speed.read_record(tmp_path / "mine.json") == record
    lines = (tmp_path / "mine.json").read_text("utf8").splitlines()
    assert sum('"rung"' in line for line in lines) == len(record["results"]) == 6
    assert "skipped: a CUDA graph needs a GPU" in speed.table(record)


def test_the_table_says_where_torch_compiled_again(record):
    [timed] = [result for result in record["results"] if result["rung"] == "numpy_cell" and result["batch"] == 3]
    for recompiles, said in ((0, False), (2, True)):
        results = [timed | {"rung": "compiled_loop", "recompiles": recompiles}]
        assert ("error 1e-07, recompiled 2 times" in speed.table(record_of([results[0] | {"error": 1e-7}]))) is said


@pytest.mark.parametrize("field", ["command", "date", "versions", "settings", "machine", "device", "limits", "results"])
def test_a_record_without_its_provenance_is_refused(record, tmp_path, field):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({k: v for k, v in record.items() if k != field}), "utf8")
    with pytest.raises(ValueError, match=rf"mine.json.*{field}"):
        speed.read_record(path)
    with pytest.raises(ValueError, match=field):
        speed.save_record(path, record | {field: None})


WRONG = {
    r"results\[0\].rung is 'mine', it must be one of 'tutorial', 'numpy_cell'": {"rung": "mine"},
    r"results\[0\].model is 'minGRU', it must be 'LSTM'": {"model": "minGRU"},
    r"results\[0\].dtype is 'float64', it must be 'float32'": {"dtype": "float64"},
    r"results\[0\].batch is 0, it must be at least 1": {"batch": 0},
    r"results\[0\].time is True, it must be a whole number": {"time": True},
    r"results\[0\] has low 1e\+09, .*, wanted low <= median <= high": {"low": 1e9},
    r"results\[0\].low is 0, it must be above 0": {"low": 0},
    r"results\[0\].high is inf, it must be a finite number": {"high": math.inf},
    r"results\[0\].median is nan, it must be a finite number": {"median": math.nan},
    r"results\[0\].median is None, it must be a finite number": {"median": None},
    r"results\[0\].skipped is ' ', it must be text that is not blank": {"skipped": " "},
    r"results\[0\].(low|median|high) is .*, it must be null": {"skipped": "no time", "repeats": 0},
    r"results\[0\].repeats is 3, it must be 0": {"skipped": "no time", "low": None, "median": None, "high": None},
    r"results\[0\].repeats is 0, it must be at least 1": {"repeats": 0},
    r"results\[0\].error is None, it must be a finite number": {"error": None},
    r"results\[0\].error is -1, it must be at least 0": {"error": -1},
    r"results\[0\] has the unknown field mean": {"mean": 1.0},
    r"results\[0\].recompiles is -1, it must be at least 0": {"recompiles": -1},
    r"results\[0\].first is 0, it must be above 0": {"first": 0},
}


@pytest.mark.parametrize("words", WRONG)
def test_a_result_of_another_form_is_refused(record, words):
    spoilt = copy.deepcopy(record)
    spoilt["results"][0] |= {"repeats": 3} | WRONG[words]
    with pytest.raises(ValueError, match=f"the record 'mine': {words}"):
        speed.check_record("mine", spoilt)


def test_other_records_that_are_refused(record, tmp_path):
    with pytest.raises(ValueError, match=r"results\[0\] has no model, dtype, batch"):
        speed.check_record("mine", record | {"results": [{"rung": "tutorial"}]})
    with pytest.raises(ValueError, match=r"the record 'mine' is \[\], it must be a mapping"):
        speed.check_record("mine", [])
    with pytest.raises(ValueError, match=r"device.kind is 'tpu', it must be one of 'cpu', 'cuda'"):
        speed.check_record("mine", record | {"device": {"kind": "tpu", "name": "x"}})
    with pytest.raises(ValueError, match=r"device.driver is None, it must be text"):
        speed.check_record("mine", record | {"device": {"kind": "cuda", "name": "x", "driver": None}})
    for kind in ("cuda", "mps"):
        of_a_gpu = record | {"device": {"kind": kind, "name": "x", "driver": "1.2"}}
        with pytest.raises(ValueError, match="'mine': limits has no launch, which a record of a GPU has to have"):
            speed.check_record("mine", of_a_gpu)
        speed.check_record("mine", of_a_gpu | {"limits": record["limits"] | {"launch": 1e-6}})
    for limit in ("copy", "call", "launch"):
        with pytest.raises(ValueError, match=f"limits.{limit} is 0, it must be above 0"):
            speed.check_record("mine", record | {"limits": record["limits"] | {limit: 0}})
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
    for path in (Path(speed.__file__).parent.parent / "data" / "recorded").glob("speed_*.json"):
        assert speed.read_record(path)["device"]["kind"] == "cpu"
