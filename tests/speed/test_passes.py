"""A pass captured as a CUDA graph, and one with compiled parts."""

from types import SimpleNamespace

import torch
from gpu_stand_ins import play_cuda
from ladder_runs import SHAPE

from rnn_course import speed
from rnn_course.speed import passes, rungs


def test_the_graph_is_warmed_up_captured_and_replayed(monkeypatch):
    said, _ = play_cuda(monkeypatch)
    ran, run = [], passes.TorchPass.run
    monkeypatch.setattr(passes.TorchPass, "run", lambda self: (ran.append(len(said)), run(self)))
    one = speed.RUNGS["cuda_graph"].make(SHAPE, 0, "cpu", torch.float32)
    one.run()
    assert said == ["wait", "stream", "wait", "graph", "replay"]
    assert ran == [2, 2, 2, 4]  # three in the other stream, one captured, none when it is replayed
    assert rungs.compare(one.arrays(), rungs.reference("LSTM", SHAPE)) < 3e-6


def test_what_is_compiled_after_the_first_run_is_counted(monkeypatch):
    graphs = iter([3, 5, 5, 5, 6])  # before each of three runs, and after the second and the third
    monkeypatch.setattr(passes, "_graphs", lambda: next(graphs))
    x = torch.ones(1, 2, 3, requires_grad=True)
    one = passes.CompiledPass(lambda x: 2 * x, {"x": x}, torch.ones(1, 2, 3))
    counted = [one.recompiles]
    clock = iter([7.0, 9.5, 20.0, 30.0])
    monkeypatch.setattr(passes, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    for _ in range(3):
        one.run()
        counted.append(one.recompiles)
        assert one.first == 2.5  # seconds of the first run, whatever comes after
    assert counted == [None, 0, 0, 1]
