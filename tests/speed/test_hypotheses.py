"""What was expected of a GPU is held against a record at the shape that was named beforehand."""

import pytest
from ladder_runs import record_of

from rnn_course import speed

TIMES = {"nn_lstm": 0.001, "cell_loop": 0.0101, "cuda_graph": 0.004, "nn_lstm_bf16": 0.0007, "mingru_loop": 0.2}


def results(hypothesis, skipped=()):
    """The results of its two rungs, at its shape."""
    for rung in (hypothesis.quicker, hypothesis.slower):
        seconds = None if rung in skipped else TIMES.get(rung, 0.01)
        times = dict.fromkeys(("low", "median", "high"), seconds)
        reason = "out of memory: OutOfMemoryError: 3 GiB" if rung in skipped else None
        kind = speed.RUNGS[rung]
        yield {
            **{"rung": rung, "model": kind.model, "dtype": kind.dtype, **hypothesis.shape._asdict()},
            **{**times, "repeats": 0 if reason else 5, "error": None if reason else 1e-7, "skipped": reason},
        }


def a_record(skipped=(), kind="cuda"):
    found = {(r["rung"], r["batch"], r["hidden"]): r for h in speed.HYPOTHESES for r in results(h, skipped)}
    return record_of(list(found.values())) | {"device": {"kind": kind, "name": "a GPU", "driver": "1.2"}}


def test_the_four_hypotheses_are_those_of_the_course():
    assert [(h.quicker, h.slower, h.factor) for h in speed.HYPOTHESES] == [
        ("nn_lstm", "cell_loop", 10),
        ("cuda_graph", "cell_loop", 3),
        ("nn_lstm_bf16", "nn_lstm", 1.3),
        ("associative_scan", "mingru_loop", 20),
    ]
    assert {tuple(h.shape) for h in speed.HYPOTHESES} <= set(speed.GRIDS["cuda"])


def test_each_is_judged_by_its_ratio():
    verdicts = speed.judge(a_record())
    assert [v.ratio for v in verdicts] == pytest.approx([10.1, 2.525, 1 / 0.7, 20.0], rel=1e-12)
    assert [v.held for v in verdicts] == [True, False, True, True]
    lines = speed.verdicts(a_record()).splitlines()
    assert lines[0] == ("held: nn.LSTM ≥ 10 × a loop over nn.LSTMCell, batch 16, 512 steps, 256 units: measured 10.1 ×")
    assert lines[1].startswith("did not hold: nn.LSTMCell as a CUDA graph ≥ 3 × a loop over nn.LSTMCell")
    assert lines[1].endswith("measured 2.52 ×") or lines[1].endswith("measured 2.53 ×")


def test_what_was_not_measured_is_not_judged():
    verdicts = speed.judge(a_record(skipped=("cell_loop",)))
    assert [v.held for v in verdicts] == [None, None, True, True]
    assert verdicts[0].why == "out of memory: OutOfMemoryError: 3 GiB"
    elsewhere = a_record()
    for result in elsewhere["results"]:
        result["time"] = 3
    assert {str(v).partition(":")[0] for v in speed.judge(elsewhere)} == {"not measured"}


def test_of_another_device_they_say_nothing():
    assert speed.verdicts(a_record(kind="cpu")) == speed.verdicts(a_record(kind="mps")) == ""
