"""Kills and interruptions at random moments of training, saving, sweeping and marking: nothing is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import stoppable
import torch
from marked_class import small_class

from rnn_course import weights
from rnn_course.models import SequenceModel
from rnn_course.training import load, save

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the jobs are forked from a process that has loaded PyTorch: elsewhere not promised"
)
ROOT = Path(__file__).resolve().parent.parent
COUNTS = [pytest.param(3, 1, id="few"), pytest.param(50, 20, id="many", marks=pytest.mark.long)]


class Stops:
    """The signals that are still to be sent, in random order, and what was seen of them."""

    def __init__(self, kills, interrupts, longest):
        self.rng, self.longest = random.Random(kills), longest
        self.left = [signal.SIGKILL] * kills + [signal.SIGINT] * interrupts
        self.rng.shuffle(self.left)
        self.sent, self.orphans = {signal.SIGKILL: 0, signal.SIGINT: 0}, 0
        self.tries, self.most = 0, 20 * (kills + interrupts)

    def stop(self, pid):
        """Send the next signal after a random time."""
        time.sleep(self.rng.uniform(0, self.longest))
        with suppress(ProcessLookupError):
            os.kill(pid, self.left[-1])

    def count(self, status, folder):
        """Count a signal by which the process has ended, not one that came too late; and what it left."""
        self.tries += 1
        assert self.tries <= self.most, f"{self.left} still to be sent: the jobs end before a signal comes"
        killed = self.left[-1] == signal.SIGKILL
        # PyTorch turns a KeyboardInterrupt that comes while it reads a tensor into an error of its own, status 1
        assert status in (0, -signal.SIGKILL) if killed else status in (0, 1, stoppable.INTERRUPTED)
        if status != 0:
            self.sent[self.left.pop()] += 1
        self.orphans += len(orphans(folder))


def orphans(folder):
    return [*folder.rglob(".*.tmp"), *folder.glob("temporary/*")]


@pytest.fixture(scope="module")
def start():
    """A function that runs a job of `stoppable` and returns its exit status; `meanwhile` gets the process's number."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    environment = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen([sys.executable, "-m", "stoppable"], env=environment, **pipes) as nursery:

        def start(job, folder, *rest, meanwhile=lambda pid: None):
            nursery.stdin.write(json.dumps([job, str(folder), *rest]) + "\n")
            meanwhile(int(nursery.stdout.readline()))
            return int(nursery.stdout.readline())

        yield start
        nursery.stdin.close()


def until_finished(job, stops, folder, kept):
    """Stop the job and start it again while there are signals left; `kept(folder)` never loses what it had."""
    seen, status = kept(folder), None
    while status != 0:
        if stops.left:
            status = job(meanwhile=stops.stop)
            stops.count(status, folder)
        else:
            status = job()
            assert status == 0
        now = kept(folder)
        assert now >= seen, f"{seen} was kept, and {now} is left"
        seen = now
    return seen


def tell(capsys, what, stops, more):
    kills, interrupts = stops.sent[signal.SIGKILL], stops.sent[signal.SIGINT]
    with capsys.disabled():
        print(
            f"\n{what}: {kills} SIGKILLs, {interrupts} SIGINTs, {more}; unfinished files left by them: {stops.orphans},"
        )
        print("after going on: 0; lost: 0")


def epochs_in(folder):
    path = folder / "run.safetensors"
    if not path.exists():
        return 0
    _, texts = weights.read(path, "rnn_course.Checkpoint 1", "")
    return len(json.loads(texts["place"])["history"]["train_loss"])


def outcome(folder):
    """The tensors and the history of a training's file, without the seconds."""
    tensors, texts = weights.read(folder / "run.safetensors", "rnn_course.Checkpoint 1", "")
    place = json.loads(texts["place"])
    del place["history"]["seconds"]
    return weights.digest(tensors, {"place": json.dumps(place, sort_keys=True)}), tensors


@pytest.mark.parametrize(("kills", "interrupts"), COUNTS)
def test_a_training_that_is_stopped_again_and_again_ends_as_if_it_had_not(tmp_path, start, capsys, kills, interrupts):
    stops, trainings = Stops(kills, interrupts, 0.4), 0
    while stops.left:
        trainings += 1
        stopped, whole = tmp_path / f"{trainings}", tmp_path / f"{trainings} whole"
        stopped.mkdir()
        whole.mkdir()
        job = partial(start, "train", stopped, trainings)
        assert until_finished(job, stops, stopped, epochs_in) == stoppable.EPOCHS
        assert start("train", whole, trainings) == 0
        (digest, tensors), (wanted, others) = outcome(stopped), outcome(whole)
        assert digest == wanted and all(torch.equal(tensors[name], others[name]) for name in others)
        assert [path.name for path in stopped.iterdir()] == ["run.safetensors"]
    tell(capsys, "training", stops, f"{trainings} trainings equal bit for bit")


@pytest.mark.parametrize(("kills", "interrupts"), COUNTS)
def test_saving_leaves_one_model_or_the_other(tmp_path, start, capsys, kills, interrupts):
    stops, path, seen = Stops(kills, interrupts, 0.3), tmp_path / "model.safetensors", {"0": 0, "1": 0}
    save(SequenceModel("gru", 2, 64, 1), path, note="0")
    while stops.left:
        stops.count(start("save", tmp_path, meanwhile=stops.stop), tmp_path)
        saved = load(path)
        assert saved.model.settings["seed"] == int(saved.note)
        seen[saved.note] += 1
        assert len(orphans(tmp_path)) <= 1
    save(saved.model, path)
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]
    tell(capsys, "saving", stops, f"the file was one model {seen['0']} times and the other {seen['1']} times")


def rows_in(folder):
    path = folder / "sweep.jsonl"
    text = path.read_text("utf8") if path.exists() else ""
    return {line for line in text[: text.rfind("\n") + 1].splitlines() if '"error"' in line}


def errors_of(rows):
    return sorted((row["size"], row["fold"], row["seed"], row["error"]) for row in map(json.loads, rows))


@pytest.mark.parametrize(("kills", "interrupts"), COUNTS)
def test_a_sweep_measures_nothing_twice_and_loses_nothing(tmp_path, start, capsys, kills, interrupts):
    stops, sweeps, whole = Stops(kills, interrupts, 0.4), 0, tmp_path / "whole"
    whole.mkdir()
    assert start("sweep", whole) == 0
    while stops.left:
        folder = tmp_path / str(sweeps)
        folder.mkdir()
        rows = until_finished(partial(start, "sweep", folder), stops, folder, rows_in)
        assert errors_of(rows) == errors_of(rows_in(whole))
        assert [path.name for path in folder.iterdir()] == ["sweep.jsonl"]
        sweeps += 1
    tell(capsys, "sweeping", stops, f"{sweeps} sweeps with the same errors")


def reports_in(folder):
    return {path.name: path.read_bytes() for path in (folder / "M").glob("*.json")}.items()


@pytest.mark.parametrize(("kills", "interrupts"), COUNTS)
def test_a_class_is_marked_as_if_nothing_had_stopped_it(tmp_path, start, capsys, kills, interrupts):
    stops, classes = Stops(kills, interrupts, 0.8), 0
    whole = small_class(tmp_path / "whole")
    assert start("mark", whole) == 0
    wanted = {path.name: path.read_bytes() for path in (whole / "M").iterdir()}
    while stops.left:
        folder = small_class(tmp_path / str(classes))
        until_finished(partial(start, "mark", folder), stops, folder, reports_in)
        assert {path.name: path.read_bytes() for path in (folder / "M").iterdir()} == wanted
        assert not list((folder / "temporary").iterdir())
        classes += 1
    tell(capsys, "marking", stops, f"{classes} classes with the same reports")
