"""What is measured is scikit-learn's written out, and the same in series, over processes and on a cluster."""

import os
import signal
import subprocess
import sys
import threading
import time

import joblib
import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit
from sklearn.preprocessing import StandardScaler
from sweeps import FOLDS, HORIZON, LENGTH, SEEDS, Linear, choose, gru, same, walk

from rnn_course.data import load_sunspots, windows
from rnn_course.models import SequenceModel
from rnn_course.selection import shuffled_folds


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_errors_are_those_of_scikit_learn_written_out(shuffled):
    series, alpha = walk(features=2), 5
    found = choose(lambda size, seed: Linear(size), series, [alpha], shuffled=shuffled)
    steps = round(0.85 * len(series))
    every = windows(series[:steps], LENGTH, HORIZON)
    splits = TimeSeriesSplit(FOLDS, gap=HORIZON - 1).split(every.x)
    if shuffled:
        splits = shuffled_folds(len(every), FOLDS)
    for fold, (train, test) in enumerate(splits):
        rows = np.unique(np.concatenate([(train[:, None] + np.arange(LENGTH + HORIZON)).ravel()]))
        scaler = StandardScaler().fit(series[rows])
        x = scaler.transform(every.x.reshape(-1, 2)).reshape(len(every), -1)
        y = scaler.transform(every.y.reshape(-1, 2)).reshape(len(every), -1)
        forecast = scaler.inverse_transform(Ridge(alpha).fit(x[train], y[train]).predict(x[test]).reshape(-1, 2))
        wanted = mean_absolute_error(every.y[test].reshape(-1, 2), forecast)
        assert found.errors[alpha][fold] == pytest.approx([wanted] * SEEDS, rel=1e-9)


def test_the_test_part_is_not_touched_until_it_is_asked_for():
    changed = walk()
    changed[round(0.85 * len(changed)) :] = np.nan
    whole, blind = choose(), choose(series=changed)
    assert same(whole, blind) and whole.chosen == blind.chosen
    with pytest.raises(ValueError, match="missing"):
        blind.final_score()


def test_the_final_score_is_scikit_learns_and_is_given_once():
    series = walk()
    found = choose(lambda size, seed: Linear(size), series, [2, 3])
    score = found.final_score()
    every, steps = windows(series, LENGTH, HORIZON), round(0.85 * len(series))
    train, test = every.index[:, -1] < steps, every.index[:, 0] >= steps
    mean, scale = series[:steps].mean(), series[:steps].std()
    x, y = (every.x[..., 0] - mean) / scale, (every.y[..., 0] - mean) / scale
    forecast = Ridge(found.chosen).fit(x[train], y[train]).predict(x[test]) * scale + mean
    assert score.error == pytest.approx(mean_absolute_error(every.y[test, :, 0], forecast), rel=1e-9)
    stays = np.repeat(every.x[test, -1:, 0], HORIZON, axis=1)
    assert score.last_value == pytest.approx(mean_absolute_error(every.y[test, :, 0], stays))
    assert score.estimate == found.mean(found.chosen) and len(score.errors) == SEEDS
    with pytest.raises(RuntimeError, match=r"the test part has been used: size \d has an error of"):
        found.final_score()
    assert found.final is score


def test_parameters_and_seconds_stand_beside_each_size():
    found = choose(sizes=[3])
    rnn = torch.nn.GRU(1, 3)
    assert found.parameters == {3: sum(p.numel() for p in rnn.parameters()) + 3 * HORIZON + HORIZON}
    assert 0 < found.seconds[3] < 60
    assert choose(lambda size, seed: Linear(size), sizes=[3]).parameters == {3: None}


def test_the_seed_is_of_the_weights_and_of_the_training():
    errors = choose(sizes=[3]).errors[3]
    assert len(set(errors.ravel())) == errors.size
    fixed = choose(lambda size, seed: gru(size, 0), sizes=[3], options={"epochs": 2, "batch_size": 9}).errors[3]
    assert (fixed[:, 0] != fixed[:, 1]).all()


def test_parallel_is_series_bit_for_bit():
    series = choose()
    assert same(series, choose(lambda size, seed: gru(size, seed), n_jobs=2, options={"epochs": 2}))
    with joblib.parallel_config("threading", n_jobs=3):
        assert same(series, choose())
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        assert same(series, choose())
        assert torch.get_num_threads() == threads + 1
    finally:
        torch.set_num_threads(threads)


def started(command, tmp_path, name):
    log = open(tmp_path / name, "w")
    return subprocess.Popen(
        [sys.executable, *command], stdout=log, stderr=log, cwd=tmp_path, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )


def test_a_dask_cluster_gives_the_same_and_loses_nothing_when_a_worker_is_killed(tmp_path):
    distributed = pytest.importorskip("distributed")
    series = choose(sizes=[2, 3, 5, 8])
    address = tmp_path / "scheduler.json"
    options = ["--scheduler-file", str(address), "--no-dashboard"]
    scheduler = ["-m", "distributed.cli.dask_scheduler", "--host", "tcp://127.0.0.1", "--port", "0", *options]
    worker = ["-m", "distributed.cli.dask_worker", "--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", *options]
    processes = [started(scheduler, tmp_path, "scheduler.log")]
    try:
        processes += [started(worker, tmp_path, f"worker{k}.log") for k in range(2)]
        with distributed.Client(scheduler_file=str(address), timeout=240) as client:
            client.wait_for_workers(2, timeout=240)
            marks = tmp_path / "marks"
            marks.mkdir()

            def make_model(size, seed):
                # Each task says which process it is in; a process stays alive long enough to be killed in a task.
                (marks / f"{os.getpid()}-{time.time_ns()}").touch()
                time.sleep(0.2)
                return SequenceModel("gru", 1, size, 1, horizon=HORIZON, seed=seed)

            def starts():
                return [int(mark.name.split("-")[0]) for mark in marks.iterdir()]

            done = threading.Event()

            def kill_one():
                while not done.is_set():
                    if starts().count(processes[1].pid) >= 3 and len(set(starts())) == 2:
                        os.kill(processes[1].pid, signal.SIGKILL)
                        return
                    time.sleep(0.01)

            killer = threading.Thread(target=kill_one, daemon=True)
            killer.start()
            file = tmp_path / "rows.jsonl"
            with joblib.parallel_config("dask"):
                cluster = choose(make_model, sizes=[2, 3, 5, 8], options={"epochs": 2}, file=file)
            done.set()
            killer.join()
            assert processes[1].wait(60) == -signal.SIGKILL
            assert len(client.scheduler_info()["workers"]) == 1
        tasks = 4 * FOLDS * SEEDS
        assert len(starts()) > tasks, "the killed worker had a task, which another did again"
        assert same(series, cluster) and not cluster.failures
        assert len(file.read_text().splitlines()) == 1 + tasks
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def test_a_size_that_fails_is_reported_and_the_others_stand():
    def make_model(size, seed):
        if size == 3 and seed == 1:
            raise MemoryError("no room for 3")
        return gru(size, seed)

    found = choose(make_model, options={"epochs": 2})
    assert found.failures == {3: "MemoryError: no room for 3 (fold 0, seed 1)"}
    assert list(found.errors) == [2, 5] and same(found, choose(sizes=[2, 5]))
    assert "size 3 failed: MemoryError: no room for 3" in repr(found) and "size 3 failed" in found._repr_html_()


def test_a_loss_that_is_not_finite_is_a_failure():
    class Broken(Linear):
        def predict(self, x):
            return super().predict(x) * np.nan

    found = choose(lambda size, seed: Broken(size) if size == 5 else Linear(size))
    assert "forecast has nan" in found.failures[5] and list(found.errors) == [2, 3]


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"sizes": []}, ValueError, "sizes is empty"),
        ({"sizes": [4, 0]}, ValueError, r"sizes\[1\] is 0, it must be at least 1"),
        ({"sizes": [4, -2]}, ValueError, r"sizes\[1\] is -2, it must be at least 1"),
        ({"sizes": [2.5]}, TypeError, r"sizes\[0\] is 2.5, it must be a whole number"),
        ({"sizes": [4, 4]}, ValueError, "must all be different"),
        ({"sizes": 4}, TypeError, "sizes is 4, it must be a list"),
        (
            {"series": walk(22)},
            ValueError,
            r"it makes n=10 windows .* folds=4 with validation=2 and gap=2 need at least 11",
        ),
        ({"series": walk(9)}, ValueError, "too short: of its 9 steps 8 are before the test part"),
        ({"folds": 1}, ValueError, "folds is 1, it must be at least 2"),
        ({"seeds": 0}, ValueError, "seeds is 0"),
        ({"test": 1.5}, ValueError, "test is 1.5"),
        ({"shuffled": True, "gap": 2}, ValueError, "shuffled is True"),
        ({"options": 3}, TypeError, "options is a int"),
        ({"make_model": "gru"}, TypeError, "make_model is a str"),
        ({"make_model": lambda size, seed: None}, ValueError, r"every size failed; size 2: .* returned a NoneType"),
        ({"options": {"epoch": 3}}, ValueError, "every size failed; .*unexpected keyword argument 'epoch'"),
        ({"series": np.where(np.arange(120) == 50, np.nan, walk())}, ValueError, "missing .* at row 50"),
    ],
)
def test_what_is_refused(change, error, sentence):
    with pytest.raises(error, match=sentence):
        choose(**change)


def test_a_size_is_chosen_for_sunspots_that_beats_saying_that_nothing_changes():
    settings = {"length": 22, "horizon": 1, "seeds": 1, "options": {"epochs": 25}}
    found = choose(lambda size, seed: SequenceModel("gru", 1, size, 1, seed=seed), load_sunspots(), [1, 4], **settings)
    assert found.chosen == 4
    score = found.final_score()
    assert score.error < score.last_value
