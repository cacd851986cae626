"""Several workers against one loop over the whole batches, written out; a training that goes on against one."""

import os
import subprocess
import sys

import parallel_cases
import pytest
import torch
from parallel_cases import CASES, OPTIONS, data_of, model_of, trained, weights
from ports import free_port

from rnn_course import training
from rnn_course.distributed import Workers, data_parallel, fit, joined, launch, order
from rnn_course.distributed.launching import LOOPBACK


@pytest.fixture(scope="module", params=[1, 2, 3])
def reports(request, tmp_path_factory):
    """What one, two and three workers have found: the first in this process."""
    if request.param == 1:
        return [{"cases": {name: trained(task, Workers(), **options) for name, (task, options) in CASES.items()}}]
    folder = tmp_path_factory.mktemp("workers")
    found = launch(parallel_cases.__file__, "cases", folder, workers=request.param)
    assert [path.name for path in folder.iterdir()] == ["0.safetensors"]  # written once, by the first worker
    return found


def written_out(task):
    """The same training as a loop over whole batches: weights, and the mean loss and norm of each epoch."""
    model, data = model_of(task), training.as_examples(model_of(task), "train", data_of(task), "cpu")
    optimiser, losses, norms = torch.optim.Adam(model.parameters(), OPTIONS["learning_rate"]), [], []
    for epoch in range(1, OPTIONS["epochs"] + 1):
        seen, found = [], []
        for batch in order(len(data), OPTIONS["seed"], epoch).split(OPTIONS["batch_size"]):
            each = training._losses(model, data[batch]).flatten()
            gradients = torch.autograd.grad(each.mean(), list(model.parameters()))
            norm = torch.cat([gradient.flatten() for gradient in gradients]).norm()
            for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                parameter.grad = gradient * min(1, OPTIONS["clip"] / (norm + 1e-6))  # as PyTorch has it
            optimiser.step()
            seen.append(each.detach())
            found.append(norm)
        losses.append(torch.cat(seen).mean().item())
        norms.append(torch.stack(found).mean().item())
    return {"weights": weights(model), "losses": losses, "norms": norms}


@pytest.mark.parametrize("name", CASES)
def test_workers_take_the_steps_of_the_whole_batch(reports, name):
    for report in reports:
        found = report["cases"][name]
        for what, wanted in written_out(CASES[name][0]).items():
            assert found[what] == pytest.approx(wanted, rel=1e-11, abs=1e-13), what


def test_workers_are_equal_bit_for_bit(reports):
    for name in CASES:
        found = [report["cases"][name] for report in reports]
        assert all(one == found[0] for one in found)
        assert len(found[0]["digests"]) == len(reports) and len(set(found[0]["digests"])) == 1


def test_all_workers_stop_where_a_loss_is_not_finite(reports):
    if len(reports) > 1:
        assert {report["refused"] for report in reports} == {reports[0]["refused"]}
        assert reports[0]["refused"].startswith("the training loss is inf at epoch 1, step 1")


def test_a_checkpoint_that_one_worker_alone_sees_is_refused_by_all(reports):
    for rank, report in enumerate(reports[: 0 if len(reports) == 1 else None]):
        assert f"{rank}.safetensors', it must be on a disk that all workers see" in report["apart"]
        assert "worker 0 at epoch 3, step 0, worker 1 at epoch 1, step 0" in report["apart"]


# ---- going on from a checkpoint, in one process


class Killed(Exception):
    pass


def run(model, path=None, until=None, **options):
    """Train; with `until` it ends in the middle of that step of all, as a kill would end it."""
    steps = []

    def watch(epoch, progress):
        steps.append(epoch)
        if len(steps) == until:
            raise Killed

    given = OPTIONS | {"batch_size": 4, "every": 2, "watch": watch, "checkpoint": path} | options
    history = fit(model, data_of("classify"), **given)
    return [*vars(history).items()], weights(model), len(steps)


def dropping():
    return model_of("classify", num_layers=2, dropout=0.4)


def without_seconds(history):
    return [(name, value) for name, value in history if name != "seconds"]


@pytest.mark.parametrize("until", [1, 2, 3, 4, 5])
def test_a_training_goes_on_bit_for_bit(tmp_path, until):
    path = tmp_path / "c.safetensors"
    history, wanted, steps = run(dropping())
    with pytest.raises(Killed):
        run(dropping(), path, until)
    assert path.exists() == (until >= 2)
    after, found, rest = run(dropping(), path)
    assert found == wanted and without_seconds(after) == without_seconds(history)
    assert rest == steps - {1: 0, 2: 2, 3: 2, 4: 3, 5: 5}[until]
    assert run(dropping(), path)[1:] == (wanted, 0)


def test_more_epochs_go_on_where_fewer_ended(tmp_path):
    wanted = run(dropping(), epochs=3)[1]
    run(dropping(), tmp_path / "c.safetensors", epochs=1)
    assert run(dropping(), tmp_path / "c.safetensors", epochs=3)[1] == wanted


@pytest.mark.parametrize(
    ("settings", "options", "sentence"),
    [
        ({"seed": 9}, {}, "model seed is 2 there and 9 here"),
        ({}, {"batch_size": 5}, "batch_size is 4 there and 5 here"),
        ({}, {"clip": None, "accumulate": 2}, "accumulate is 1 there and 2 here; clip is 0.3 there and None here"),
    ],
)
def test_another_trainings_checkpoint_is_refused(tmp_path, settings, options, sentence):
    run(dropping(), tmp_path / "c.safetensors", epochs=1)
    with pytest.raises(ValueError, match=sentence):
        model = dropping()
        model = type(model)(**model.settings | settings).double()
        run(model, tmp_path / "c.safetensors", **options)


def test_other_data_are_refused(tmp_path):
    run(dropping(), tmp_path / "c.safetensors", epochs=1)
    x, y, lengths = data_of("classify")
    with pytest.raises(ValueError, match="data is '"):
        fit(dropping(), (x + 1e-9, y, lengths), checkpoint=tmp_path / "c.safetensors", **OPTIONS | {"batch_size": 4})


# ---- doors


def test_without_torchrun_there_is_one_worker():
    with joined() as workers:
        assert workers == Workers(1, 0, "cpu")


WITHOUT_TORCHRUN = """
import sys
from datetime import timedelta
import torch.distributed as dist
from rnn_course.distributed import joined
if "--there" in sys.argv:
    dist.init_process_group("gloo", timeout=timedelta(seconds=60))
with joined(patience=60) as workers:
    ranks = [None] * workers.count
    dist.all_gather_object(ranks, workers.rank)
    print(ranks, dist.is_initialized())
print(dist.is_initialized())
"""


@pytest.mark.parametrize("there", [False, True])
def test_workers_that_another_program_has_started_meet_too(there):
    """By the variables that PyTorchJob sets, or in a group that is there, which stays."""
    told = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "WORLD_SIZE": "2"} | LOOPBACK
    line = [sys.executable, "-c", WITHOUT_TORCHRUN, *(["--there"] if there else [])]
    both = [
        subprocess.Popen(line, env=os.environ | told | {"RANK": rank}, stdout=subprocess.PIPE, text=True)
        for rank in "01"
    ]
    try:
        said = [process.communicate(timeout=100)[0] for process in both]
    finally:
        for process in both:
            process.kill()
    assert said == [f"[0, 1] True\n{there}\n"] * 2


@pytest.mark.parametrize(("device", "backend"), [("cpu", "gloo"), ("cuda", "nccl")])
def test_workers_meet_over_what_their_devices_talk_by_and_wait_20_seconds(monkeypatch, device, backend):
    met, ended, chosen = [], [], []
    monkeypatch.setattr(data_parallel.devices, "check", lambda device: device)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setenv("LOCAL_RANK", "3")
    for name, stand_in in {
        "is_torchelastic_launched": lambda: True,
        "init_process_group": lambda *given, **options: met.append((*given, options["timeout"].total_seconds())),
        "get_world_size": lambda: 7,
        "get_rank": lambda: 5,
        "destroy_process_group": lambda: ended.append(True),
    }.items():
        monkeypatch.setattr(data_parallel.dist, name, stand_in)
    with pytest.raises(KeyError), joined(device) as workers:
        raise KeyError(workers)
    assert met == [(backend, 20)] and ended == [True]
    assert workers == Workers(7, 5, "cpu" if device == "cpu" else "cuda:3")
    assert chosen == ([] if device == "cpu" else ["cuda:3"])


def test_workers_drop_different_units_and_runs_the_same():
    seeds = [data_parallel._dropout_seed(seed, rank) for seed in (0, 1) for rank in (0, 1, 2)]
    assert len(set(seeds)) == 6 and seeds[4] == data_parallel._dropout_seed(1, 1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"epochs": 0}, "epochs is 0, it must be at least 1"),
        ({"accumulate": 0}, "accumulate is 0, it must be at least 1"),
        ({"every": 0}, "every is 0, it must be at least 1"),
        ({"shares": (1, 2)}, "shares has 2 numbers, there are 1 workers"),
        ({"checkpoint": "run.pt", "every": 1}, "checkpoint is 'run.pt', it must end in .safetensors"),
    ],
)
def test_bad_options_are_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(model_of("classify"), data_of("classify"), **OPTIONS | options)


@pytest.mark.parametrize("options", [{"device": "tpu"}, {"patience": 0}])
def test_what_cannot_be_joined_is_refused(options):
    with pytest.raises(ValueError, match=rf"{next(iter(options))} is"), joined(**options):
        pass
