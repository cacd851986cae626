"""A training that is stopped and goes on is one that was never stopped, bit for bit; any other training is refused."""

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from rnn_course import files, resuming, training
from rnn_course.models import SequenceModel
from rnn_course.training import fit

ROOT = Path(__file__).resolve().parent.parent
N, TIME, INPUT, HIDDEN, CLASSES = 11, 7, 3, 5, 6
EPOCHS = 9


class Stop(Exception):
    pass


def forecaster(cell="gru", **settings):
    return SequenceModel(cell, INPUT, HIDDEN, 2, horizon=4, **settings)


def classifier():
    return SequenceModel("lstm", INPUT, HIDDEN, CLASSES, task="classify", num_layers=2, dropout=0.4)


def noise(seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, TIME, INPUT)), rng.normal(size=(N, 4, 2))


def classes(seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, TIME, INPUT)), rng.integers(CLASSES, size=N), rng.integers(1, TIME + 1, N)


CASES = {
    "the same rate": (forecaster, noise(1), None, {}),
    "no bound": (forecaster, noise(1), noise(2), {"clip": None}),
    "cosine, dropout": (classifier, classes(1), classes(2), {"schedule": "cosine"}),
    "plateau of the training loss": (classifier, classes(1), None, {"schedule": "plateau", "learning_rate": 0.5}),
    "plateau": (
        lambda: forecaster(num_layers=2, dropout=0.3),
        noise(1),
        noise(2),
        {"schedule": "plateau", "learning_rate": 0.1},
    ),
    "patience": (lambda: forecaster("simple_rnn"), noise(1), noise(1), {"patience": 3, "learning_rate": 0.1}),
}


def quiet(model, train, validation=None, **options):
    given = {"epochs": EPOCHS, "batch_size": 4, "device": "cpu", "progress": False} | options
    return fit(model, train, validation, **given)


def bits(model):
    return {name: value.numpy().tobytes() for name, value in model.state_dict().items()}


def told(history):
    return {name: value for name, value in vars(history).items() if name != "seconds"}


def stopping_at(epoch, error=Stop):
    """A `watch` that raises an error after an epoch."""

    def watch(history):
        if len(history.train_loss) == epoch:
            raise error

    return watch


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.safetensors"


@pytest.fixture
def each_epoch(monkeypatch):
    """Write each epoch, however short."""
    monkeypatch.setattr(resuming, "WRITING", math.inf)


# ---- bit for bit


@pytest.mark.parametrize("case", CASES)
def test_stopped_after_every_epoch_it_ends_as_if_it_had_never_been(path, case):
    build, train, validation, options = CASES[case]
    options = options | {"epochs": 40} if case.startswith("plateau") or case == "patience" else options
    whole = build()
    wanted = quiet(whole, train, validation, **options)
    epochs = len(wanted.train_loss)
    for epoch in range(1, epochs + 1):
        with pytest.raises(Stop):
            quiet(build(), train, validation, **options, checkpoint=path, watch=stopping_at(epoch))
    model = build()
    history = quiet(model, train, validation, **options, checkpoint=path)
    assert bits(model) == bits(whole) and told(history) == told(wanted) and not model.training
    if "schedule" in options:
        assert history.learning_rate[-1] < history.learning_rate[0]
    if "patience" in options:
        assert history.stopped == "patience" and epochs > options["patience"] + 1


def test_what_is_finished_returns_at_once(path, monkeypatch):
    model = forecaster()
    first = quiet(model, *CASES["plateau"][1:3], checkpoint=path)
    content, weights = path.read_bytes(), bits(model)
    monkeypatch.setattr(training, "run_epoch", None)
    for again in (forecaster(), model):  # built again, or as the call left it
        found = quiet(again, *CASES["plateau"][1:3], checkpoint=path)
        assert vars(found) == vars(first) and bits(again) == weights and not again.training
    assert path.read_bytes() == content


@pytest.mark.parametrize("schedule", [None, "plateau"])
def test_more_epochs_go_on_from_fewer(path, schedule):
    whole, model = forecaster(), forecaster()
    options = {"schedule": schedule, "learning_rate": 0.2}
    wanted = quiet(whole, noise(1), noise(2), epochs=30, **options)
    assert quiet(model, noise(1), noise(2), epochs=12, **options, checkpoint=path).stopped == "finished"
    history = quiet(model, noise(1), noise(2), epochs=30, **options, checkpoint=path)  # the model as it was left
    assert told(history) == told(wanted) and bits(model) == bits(whole)
    again = forecaster()
    assert told(quiet(again, noise(1), noise(2), epochs=30, **options, checkpoint=path)) == told(wanted)
    assert bits(again) == bits(whole)
    with pytest.raises(ValueError, match=r"^epochs is 29, but the training in '.*run.safetensors' has had 30 already$"):
        quiet(model, noise(1), noise(2), epochs=29, **options, checkpoint=path)


def test_more_epochs_are_of_no_use_where_patience_ends_with_the_fewer(path):
    _, train, validation, options = CASES["patience"]
    wanted = quiet(forecaster(), train, validation, **options | {"epochs": 60})
    epochs = len(wanted.train_loss)
    assert wanted.stopped == "patience"
    fewer = quiet(forecaster(), train, validation, **options | {"epochs": epochs}, checkpoint=path)
    assert fewer.stopped == "finished"
    assert told(quiet(forecaster(), train, validation, **options | {"epochs": 60}, checkpoint=path)) == told(wanted)


def test_under_the_cosine_schedule_more_epochs_are_another_training(path):
    quiet(forecaster(), noise(1), schedule="cosine", checkpoint=path)
    with pytest.raises(ValueError, match=r"another training: epochs is 9 there and 10 here$"):
        quiet(forecaster(), noise(1), schedule="cosine", epochs=10, checkpoint=path)


def test_a_checkpoint_changes_neither_the_training_nor_the_callers_random_numbers(path):
    (build, train, validation, options), models, histories = CASES["cosine, dropout"], [], []
    for checkpoint in (None, path, path):
        before, model = torch.get_rng_state(), build()
        histories.append(told(quiet(model, train, validation, **options, checkpoint=checkpoint)))
        models.append(bits(model))
        assert torch.equal(torch.get_rng_state(), before)
    assert models[0] == models[1] == models[2] and histories[0] == histories[1] == histories[2]


def test_seconds_add_up(path, monkeypatch):
    """By a clock on which an epoch takes one second, and which begins anew with each process."""
    clock = [0.0]

    def watch(history):
        clock[0] += 1

    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    for epochs, seconds in ((3, 2), (6, 4)):
        clock[0] = 0.0
        assert quiet(forecaster(), noise(1), epochs=epochs, checkpoint=path, watch=watch).seconds == seconds


# ---- stopped by the user, by a loss, by the disk


def test_an_interruption_leaves_the_last_epoch_in_model_history_and_file(path, monkeypatch):
    """In the middle of epoch 4, a moment before the file would have been written with short epochs."""
    whole = forecaster()
    wanted = quiet(whole, noise(1))
    three = quiet(after_three := forecaster(), noise(1), epochs=3)
    steps, step = [], torch.optim.Adam.step

    def interrupted(self, *args):
        steps.append(1)
        if len(steps) == 11:
            raise KeyboardInterrupt
        return step(self, *args)

    model = forecaster()
    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.Adam, "step", interrupted)
        history = quiet(model, noise(1), checkpoint=path)
    assert told(history) == told(three) | {"stopped": "interrupted"} and bits(model) == bits(after_three)
    for again in (forecaster(), model):
        content = path.read_bytes()
        assert told(quiet(again, noise(1), checkpoint=path)) == told(wanted) and bits(again) == bits(whole)
        path.write_bytes(content)


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_interruption_while_the_file_is_written_loses_no_epoch(path, monkeypatch, each_epoch, when):
    write, calls, whole, model = files.write, [], forecaster(), forecaster()
    wanted = quiet(whole, noise(1), noise(2))

    def interrupted(*args):
        calls.append(1)
        if len(calls) == 5 and when == "before":
            raise KeyboardInterrupt
        write(*args)
        if len(calls) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(files, "write", interrupted)
    history = quiet(model, noise(1), noise(2), checkpoint=path)
    assert history.stopped == "interrupted" and len(history.train_loss) == 4
    assert told(quiet(model, noise(1), noise(2), checkpoint=path)) == told(wanted) and bits(model) == bits(whole)
    assert len(calls) == 1 + EPOCHS + 1  # epoch 4 once more, and nothing twice after that


@pytest.mark.parametrize("validation", [None, noise(2)])
def test_a_loss_that_is_nan_stops_with_epoch_and_step_and_keeps_the_best_weights(path, monkeypatch, validation):
    best = forecaster()
    wanted = quiet(best, noise(1), validation, epochs=4, learning_rate=0.05)
    losses, calls, model = training._losses, [], forecaster()

    def spoilt(net, batch):
        calls.append(net.training)
        return losses(net, batch) * (math.nan if sum(calls) > 4 * 3 + 1 else 1)

    monkeypatch.setattr(training, "_losses", spoilt)
    sentence = rf"training loss is nan at epoch 5, step 2: .*The model has the weights of epoch {wanted.best_epoch}$"
    with pytest.raises(FloatingPointError, match=sentence):
        quiet(model, noise(1), validation, learning_rate=0.05, checkpoint=path)
    assert bits(model) == bits(best) and not model.training
    monkeypatch.setattr(training, "_losses", losses)
    assert len(quiet(model, noise(1), validation, epochs=4, learning_rate=0.05, checkpoint=path).train_loss) == 4


def test_a_loss_that_is_nan_at_once_leaves_the_weights_that_came():
    model = forecaster()
    before = bits(model)
    with pytest.raises(FloatingPointError, match=r"epoch 1, step 2.*The model has the weights that it came with$"):
        quiet(model, noise(1), learning_rate=1e30)
    assert bits(model) == before


def test_a_full_disk_leaves_the_last_good_epoch(path, monkeypatch, each_epoch):
    write, calls, whole, model = files.write, [], forecaster(), forecaster()
    wanted = quiet(whole, noise(1), noise(2))

    def full(*args):
        calls.append(1)
        if len(calls) == 6:
            raise OSError(28, "No space left on device")
        write(*args)

    monkeypatch.setattr(files, "write", full)
    sentence = (
        r"^epoch 5 could not be written into '.*' \(.*No space left on device\): the file holds epoch 4 as before"
    )
    with pytest.raises(OSError, match=sentence):
        quiet(model, noise(1), noise(2), checkpoint=path)
    four = quiet(after_four := forecaster(), noise(1), noise(2), epochs=4)
    assert bits(model) == bits(after_four) and 1 <= four.best_epoch <= 4
    assert told(quiet(model, noise(1), noise(2), checkpoint=path)) == told(wanted) and bits(model) == bits(whole)


LIMITED = """
import resource, sys, test_resuming
from rnn_course import resuming
size = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
resuming.WRITING = float("inf")
test_resuming.quiet(test_resuming.forecaster(), test_resuming.noise(1), epochs=60, checkpoint=sys.argv[1])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_file_that_grows_beyond_a_limit_of_the_system_leaves_the_last_good_epoch(path):
    quiet(forecaster(), noise(1), epochs=20, checkpoint=path)
    limit = path.stat().st_size + 100  # the history grows by more than that in 40 epochs
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    words = [sys.executable, "-c", LIMITED, path, str(limit)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    assert "OSError: epoch " in done.stderr and "File too large" in done.stderr
    assert [p.name for p in path.parent.iterdir()] == [path.name] and path.stat().st_size <= limit
    whole, model = forecaster(), forecaster()
    wanted = quiet(whole, noise(1), epochs=60)
    assert told(quiet(model, noise(1), epochs=60, checkpoint=path)) == told(wanted) and bits(model) == bits(whole)


def test_short_epochs_are_written_several_at_once(path, monkeypatch):
    """By a clock on which an epoch takes one second and writing takes four."""
    clock, write, written = [0.0], files.write, []

    def writes(*args):
        clock[0] += 4
        written.append(clock[0])
        write(*args)

    def watch(history):
        clock[0] += 1

    monkeypatch.setattr(resuming.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(files, "write", writes)
    quiet(forecaster(), noise(1), epochs=100, checkpoint=path, watch=watch)
    assert written == [4, 48, 92, 116]  # 40 seconds between two, and the last epoch


# ---- another training


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"model": forecaster(cell="lstm")}, r"model cell is 'gru' there and 'lstm' here$"),
        ({"model": forecaster().double()}, r"dtype is 'torch.float32' there and 'torch.float64' here; train x is"),
        (
            {"train": (noise(1)[0], noise(3)[1])},
            r": train y is '\(11, 4, 2\) \w{16}' there and '\(11, 4, 2\) \w{16}' here$",
        ),
        (
            {"train": tuple(a[:-1] for a in noise(1))},
            r": train x is '\(11, 7, 3\) \w+' there and '\(10, 7, 3\) \w+' here; ",
        ),
        (
            {"validation": None, "patience": None},
            r"; validation x is '\(11, 7, 3\) \w+' there and None here; validation y is",
        ),
        ({"validation": noise(3)}, r": validation x is .*; validation y is"),
        ({"batch_size": 5}, r": batch_size is 4 there and 5 here$"),
        (
            {"learning_rate": 0.1, "clip": None},
            r": clip is 1.0 there and None here; learning_rate is 0.01 there and 0.1 here$",
        ),
        ({"patience": 5}, r": patience is 4 there and 5 here$"),
        ({"schedule": "plateau"}, r": schedule is None there and 'plateau' here$"),
        ({"seed": 1}, r": seed is 0 there and 1 here$"),
    ],
)
def test_another_training_is_refused_with_what_differs(path, change, differs):
    same = {"model": forecaster(), "train": noise(1), "validation": noise(2), "patience": 4}
    quiet(**same, checkpoint=path)
    content, other = path.read_bytes(), same | {"model": forecaster()} | change
    before = bits(other["model"])
    with pytest.raises(ValueError, match=r"^'.*run.safetensors' is the checkpoint of another training.*" + differs):
        quiet(**other, checkpoint=path)
    assert path.read_bytes() == content and bits(other["model"]) == before


def test_other_first_weights_are_another_training(path):
    quiet(forecaster(), noise(1), epochs=2, checkpoint=path)
    other = forecaster(seed=0)
    torch.nn.init.constant_(other.rnn.bias_hh_l0, 3.0)
    before = bits(other)
    with pytest.raises(ValueError, match=r"the model's weights are neither those that it began with nor those"):
        quiet(other, noise(1), epochs=4, checkpoint=path)
    assert bits(other) == before


def test_a_damaged_file_is_refused_and_left_as_it_is(path):
    quiet(forecaster(), noise(1), epochs=2, checkpoint=path)
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    for trial in range(60):
        content = bytearray(whole)
        if trial % 2:
            content[rng.integers(len(whole))] ^= 1 << int(rng.integers(8))
        else:
            del content[rng.integers(len(whole)) :]
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"run.safetensors' (is|was)"):
            quiet(forecaster(), noise(1), epochs=4, checkpoint=path)
        assert path.read_bytes() == content


def test_where_nothing_can_be_written_nothing_begins(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "run_epoch", None)
    for checkpoint, error, sentence in (
        (tmp_path / "run.pt", ValueError, r"^checkpoint is '.*run.pt', it must end in .safetensors$"),
        (3, TypeError, r"^checkpoint is a int, it must be a path$"),
        (tmp_path / "no" / "run.safetensors", FileNotFoundError, r"but the directory '.*no' does not exist$"),
    ):
        with pytest.raises(error, match=sentence):
            quiet(forecaster(), noise(1), checkpoint=checkpoint)
    assert list(tmp_path.iterdir()) == []


def test_numbers_of_numpy_are_the_same_settings(path):
    options = {"epochs": 3, "batch_size": 4, "patience": 2, "seed": 3, "learning_rate": 1, "clip": 2}
    quiet(forecaster(), noise(1), noise(2), **options, checkpoint=path)
    kinds = {
        name: np.float64(value) if name in ("learning_rate", "clip") else np.int64(value)
        for name, value in options.items()
    }
    assert len(quiet(forecaster(), noise(1), noise(2), **kinds, checkpoint=path).train_loss) == 3
