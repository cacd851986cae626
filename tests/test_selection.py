"""Choosing the hidden size: folds and errors held to scikit-learn, results to themselves however they are run."""

import doctest
import json
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
from scipy.stats import sem
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import KFold, TimeSeriesSplit
from sklearn.preprocessing import StandardScaler

from rnn_course import plots, selection
from rnn_course.data import load_record, load_sunspots, windows
from rnn_course.models import SequenceModel
from rnn_course.selection import (
    Selection,
    choose_hidden_size,
    one_standard_error,
    rolling_origin,
    search_hidden_size,
    shuffled_folds,
    standard_error,
)

LENGTH, HORIZON, FOLDS, SEEDS = 7, 3, 4, 2


class Linear:
    """A model that is not a network: ridge regression on the window, with `size` as its penalty."""

    def __init__(self, size):
        self.ridge = Ridge(alpha=size)

    def __repr__(self):
        return f"Linear({self.ridge.alpha})"

    def fit(self, x, y):
        self.shape = y.shape[1:]
        self.ridge.fit(x.reshape(len(x), -1), y.reshape(len(y), -1))

    def predict(self, x):
        return self.ridge.predict(x.reshape(len(x), -1)).reshape(len(x), *self.shape)


def gru(size, seed):
    return SequenceModel("gru", 1, size, 1, horizon=HORIZON, seed=seed)


def walk(steps=120, features=None):
    return np.random.default_rng(3).normal(size=(steps, features) if features else steps).cumsum(axis=0)


def choose(make_model=gru, series=None, sizes=(2, 3, 5), **settings):
    options = {} if make_model is not gru else {"options": {"epochs": 2}}
    shape = {"length": LENGTH, "horizon": HORIZON, "folds": FOLDS, "seeds": SEEDS, "progress": False}
    return choose_hidden_size(make_model, walk() if series is None else series, sizes, **shape | options | settings)


def same(a, b):
    """Whether two selections have the same errors bit for bit."""
    return list(a.errors) == list(b.errors) and all((a.errors[size] == b.errors[size]).all() for size in a.errors)


# -- folds, standard errors, the rule


def test_examples_in_docstrings():
    assert doctest.testmod(selection).failed == 0


@pytest.mark.parametrize(("n", "folds", "gap"), [(61, 5, 0), (61, 5, 4), (40, 2, 7), (33, 3, 1)])
@pytest.mark.parametrize("validation", [None, 6])
@pytest.mark.parametrize("max_train", [None, 9])
def test_rolling_origin_is_scikit_learns(n, folds, gap, validation, max_train):
    oracle = TimeSeriesSplit(folds, gap=gap, test_size=validation, max_train_size=max_train)
    wanted = list(oracle.split(np.zeros(n)))
    found = rolling_origin(n, folds, gap, validation, max_train)
    assert len(found) == len(wanted) == folds
    for ours, theirs in zip(found, wanted, strict=True):
        assert [part.tolist() for part in ours] == [part.tolist() for part in theirs]


def test_no_target_is_in_both_parts_and_the_gap_is_not_longer_than_that_needs():
    index = windows(walk(), LENGTH, HORIZON).index
    for train, validation in selection._Problem.of(gru, walk(), length=LENGTH, horizon=HORIZON).splits:
        assert index[train].max() + 1 == index[validation].min()


def test_shuffled_folds_are_scikit_learns_but_for_the_draw():
    n, folds = 23, 4
    found = shuffled_folds(n, folds, seed=5)
    wanted = KFold(folds, shuffle=True, random_state=0).split(np.zeros(n))
    assert [(len(a), len(b)) for a, b in found] == [(len(a), len(b)) for a, b in wanted]
    assert sorted(np.concatenate([b for _, b in found])) == list(range(n))
    for train, validation in found:
        assert sorted([*train, *validation]) == list(range(n))
    assert [len(train) for train, _ in shuffled_folds(n, folds, max_train=11)] == [11] * folds


def test_the_standard_error_is_scipys_over_the_folds_means():
    errors = np.random.default_rng(1).gamma(2, size=(5, 3))
    assert standard_error(errors) == pytest.approx(sem(errors.mean(axis=1)), rel=1e-12)


def test_the_rule_by_hand():
    # Means 10, 6, 5, 4.5, 4.6; the standard error of the lowest is 1/√2 · spread of (4, 5) = 0.5, so the bound is 5.0.
    errors = {2: [[10.0], [10.0]], 4: [[5.0], [7.0]], 8: [[4.0], [6.0]], 16: [[4.0], [5.0]], 32: [[4.6], [4.6]]}
    assert one_standard_error(errors) == (16, 8)
    errors[8] = [[4.1], [6.1]]
    assert one_standard_error(errors) == (16, 16)


# -- what is measured


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


# -- in series, over processes, on a cluster


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


# -- files, and going on after a stop


class Stop(Exception):
    pass


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_stopped_sweep_goes_on_where_it_was(tmp_path, monkeypatch):
    file, whole = tmp_path / "rows.jsonl", choose()
    measure, calls = selection._measure, []

    def stops(*task):
        calls.append(task[1:])
        if len(calls) == 8:
            raise Stop
        return measure(*task)

    monkeypatch.setattr(selection, "_measure", stops)
    with pytest.raises(Stop):
        choose(file=file)
    assert [(row["size"], row["fold"], row["seed"]) for row in lines(file)[1:]] == calls[:7]
    with open(file, "a") as half:
        half.write('{"size": 5, "fo')  # killed while it wrote
    assert same(whole, choose(file=file))
    assert not set(calls[8:]) & set(calls[:7])
    assert len(calls) == 8 + 3 * FOLDS * SEEDS - 7
    more = choose(file=file, sizes=[2, 3, 5, 6], seeds=1)
    assert len(calls) == 8 + 3 * FOLDS * SEEDS - 7 + FOLDS and list(more.errors) == [2, 3, 5, 6]
    assert (more.errors[3] == whole.errors[3][:, :1]).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"horizon": 2}, "'rows.jsonl' was made with other settings, horizon 3 and not 2, gap 2 and not 1"),
        ({"options": {"epochs": 3}}, "options {'epochs': 2} and not {'epochs': 3}"),
        ({"series": walk() + 1}, "other settings, series"),
        ({"shuffled": True}, "shuffled False and not True"),
        ({"make_model": lambda size, seed: SequenceModel("lstm", 1, size, 1, horizon=3)}, r"of the model .*gru.*lstm"),
    ],
)
def test_a_file_made_with_other_settings_is_refused(tmp_path, change, sentence):
    file = tmp_path / "rows.jsonl"
    options = {"sizes": [2], "options": {"epochs": 2}, "file": file}
    choose(**options)
    with pytest.raises(ValueError, match=sentence):
        choose(**options | change)


def test_a_file_of_something_else_is_refused(tmp_path):
    for text in ("a,b\n1,2\n", "{}\n", "[1]\n"):
        (tmp_path / "other.csv").write_text(text)
        with pytest.raises(ValueError, match="was made with something else than this function"):
            choose(file=tmp_path / "other.csv")


def test_the_final_score_is_kept_in_the_file(tmp_path):
    file = tmp_path / "rows.jsonl"
    score = choose(file=file).final_score()
    again = choose(file=file)
    assert again.final == score
    with pytest.raises(RuntimeError, match="the test part has been used"):
        again.final_score()


# -- guided search


def search(storage, trials, make_model=gru, **settings):
    shape = {"length": LENGTH, "horizon": HORIZON, "folds": 2, "seeds": 1, "options": {"epochs": 1}}
    return search_hidden_size(
        make_model, walk(), 1, 40, storage=storage, trials=trials, progress=False, **shape | settings
    )


def test_a_search_that_was_killed_goes_on_with_the_same_trials(tmp_path, monkeypatch):
    optuna = pytest.importorskip("optuna")

    def sizes(path):
        trials = optuna.load_study(study_name=None, storage=f"sqlite:///{path}").trials
        return [trial.params["size"] for trial in trials if "rows" in trial.user_attrs]

    whole = search(tmp_path / "whole.db", 8)
    measure, calls = selection._measure, []

    def stops(*task):
        calls.append(task[1:])
        if len(calls) == 6:
            raise Stop
        return measure(*task)

    monkeypatch.setattr(selection, "_measure", stops)
    with pytest.raises(Stop):
        search(tmp_path / "stopped.db", 8)
    assert len(set(sizes(tmp_path / "whole.db"))) >= 5
    before = sizes(tmp_path / "stopped.db")
    assert 0 < len(before) < 8
    went_on = search(tmp_path / "stopped.db", 8)
    assert sizes(tmp_path / "stopped.db") == sizes(tmp_path / "whole.db") and same(whole, went_on)
    assert len(calls) - 1 <= 2 * len(set(sizes(tmp_path / "whole.db"))) + 1, "a size is measured once"
    count = len(calls)
    assert same(whole, search(tmp_path / "stopped.db", 8)) and len(calls) == count
    with pytest.raises(ValueError, match=r"'stopped.db' was made with other settings, length 7 and not 6"):
        search(tmp_path / "stopped.db", 8, length=6)


def test_the_search_measures_as_the_comparison_does_and_reports_what_fails(tmp_path):
    pytest.importorskip("optuna")

    def make_model(size, seed):
        if size < 4:
            raise RuntimeError("too small for this maker")
        return gru(size, seed)

    found = search(tmp_path / "s.db", 6, make_model, seed=1)
    assert found.failures and all("too small for this maker" in reason for reason in found.failures.values())
    compared = choose(sizes=list(found.errors), folds=2, seeds=1, options={"epochs": 1})
    assert same(found, compared)


# -- what fails, what is refused


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
            r"it makes 10 windows .* folds=4 with validation=2 and gap=2 need at least 11",
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


# -- what is shown


def test_the_table_and_the_picture_say_the_same():
    errors = {2: np.array([[5.0], [7.0]]), 4: np.array([[4.0], [4.5]]), 16: np.array([[4.0], [4.1]])}
    found = Selection(errors, {2: 10, 4: 30, 16: 4000}, {2: 0.1, 4: 0.2, 16: 1.5})
    assert (found.best, found.chosen) == (16, 16)
    with pytest.raises(RuntimeError, match="made from numbers alone"):
        found.final_score()
    text = repr(found).splitlines()
    assert text[4].split() == ["16", "4.05", "±", "0.05", "4,000", "1.50", "lowest,", "chosen"]
    assert "<td>4.05 ± 0.05</td><td>4,000</td><td>1.50</td><td>lowest, chosen</td>" in found._repr_html_()
    picture = plots.hidden_sizes(found, ylabel="error in mm")
    assert "size 4 4.25 ± 0.25 in 0.2 s" in picture.alt and "Lowest at 16" in picture.alt
    drawn = picture.figure.axes[0].containers[0].lines[0].get_xydata()
    assert drawn.tolist() == [[2, 6.0], [4, 4.25], [16, 4.05]]


def test_a_size_is_chosen_for_sunspots_that_beats_saying_that_nothing_changes():
    settings = {"length": 22, "horizon": 1, "seeds": 1, "options": {"epochs": 25}}
    found = choose(lambda size, seed: SequenceModel("gru", 1, size, 1, seed=seed), load_sunspots(), [1, 4], **settings)
    assert found.chosen == 4
    score = found.final_score()
    assert score.error < score.last_value


def test_the_record_chooses_what_its_errors_say():
    sweeps = load_record("hidden_size")["sweeps"]
    assert {sweep["series"] for sweep in sweeps} == {"sunspots", "waves", "newark"}
    for sweep in sweeps:
        found = Selection.from_record(sweep)
        assert (found.best, found.chosen) == (sweep["best"], sweep["chosen"])
        # Kept errors are rounded to five places, the final score's estimate is not.
        assert found.final.size == found.chosen and found.final.estimate == pytest.approx(
            found.mean(found.chosen), abs=1e-5
        )
