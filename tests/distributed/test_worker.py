"""The program that torchrun starts, started here alone."""

import sys

import numpy as np
import pytest

from rnn_course.data import adding_task
from rnn_course.distributed import Workers, digests, fit, gradient_errors, launch, worker
from rnn_course.distributed.launching import REPORT, reports
from rnn_course.models import SequenceModel

SIZES = ("--examples", "40", "--time", "6", "--hidden-size", "5", "--seed", "3", "--batch-size", "16")


@pytest.fixture
def said(monkeypatch, tmp_path):
    def run(*line):
        monkeypatch.setattr(sys, "argv", ["worker", *line])
        monkeypatch.setenv(REPORT, str(tmp_path))
        worker.main()
        return reports(tmp_path, 1)[0]

    return run


def task():
    x, y = adding_task(40, 6, np.random.default_rng(3))
    return SequenceModel("gru", 2, 5, seed=3), x, y[:, None]


def test_it_trains_as_the_library_does(said, tmp_path):
    found = said("train", *SIZES, "--epochs", "2", "--checkpoint", str(tmp_path / "c.safetensors"), "--every", "2")
    model, x, y = task()
    history = fit(model, (x, y), epochs=2, batch_size=16, seed=3)
    assert found["train_loss"] == history.train_loss and found["digests"] == digests(model, Workers())
    assert (found["rank"], found["workers"], found["steps"]) == (0, 1, 6)
    assert (found["first"], found["last"]) == ([1, 1], [2, 3])
    again = said("train", *SIZES, "--epochs", "2", "--checkpoint", str(tmp_path / "c.safetensors"), "--every", "2")
    assert again["steps"] == 0 and again["digests"] == found["digests"]


def test_it_compares_gradients_on_one_batch(said):
    found = said("gradients", *SIZES)
    model, x, y = task()
    assert found == {"rank": 0, "workers": 1} | gradient_errors(model, (x[:16], y[:16]), Workers())
    assert found["examples"] == [16]


def test_alone_it_has_nobody_to_exchange_with(said):
    with pytest.raises(ValueError, match=r"there is 1 worker, an exchange needs at least 2"):
        said("exchange", *SIZES)


def test_alone_and_apart_it_trains_as_alone(said):
    assert said("train", *SIZES, "--apart")["digests"] == said("train", *SIZES)["digests"]


def test_two_exchange_as_often_as_they_are_told():
    reports = launch(worker.__name__, "exchange", "--floats", 7, 900, "--repeats", 3, workers=2)
    for found in (report["seconds"] for report in reports):
        assert found.keys() == {"7", "900"} and all(len(s) == 3 and min(s) > 0 for s in found.values())


def test_two_that_train_apart_exchange_nothing():
    """Each ends where one alone does, though the batches are those of one."""
    reports = launch(worker.__name__, "train", *SIZES, "--epochs", 1, "--apart", workers=2)
    model, x, y = task()
    history = fit(model, (x, y), epochs=1, batch_size=16, seed=3)
    for report in reports:
        assert report["train_loss"] == history.train_loss and report["digests"] == digests(model, Workers())
