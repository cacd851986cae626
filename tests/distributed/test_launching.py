"""Workers that report, fail, hang and are left behind: what the launcher says, and that nothing stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import gone

from rnn_course.distributed import command, launch, report, worker
from rnn_course.distributed.launching import RENDEZVOUS, REPORT, reports

REPORTING = """
import os, sys
from rnn_course.distributed import report
rank = int(os.environ["RANK"])
if rank != 1:
    report(rank=rank, given=sys.argv[1:], colour=os.environ["COLOUR"], threads=os.environ["OMP_NUM_THREADS"])
"""
FAILING = """
import os, time
if os.environ["RANK"] == "1":
    raise SystemExit("this worker has had enough")
time.sleep(600)
"""
HANGING = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[1], os.environ["RANK"]).write_text(str(os.getpid()))
time.sleep(600)
"""


def program(tmp_path, text):
    path = tmp_path / "program.py"
    path.write_text(text)
    return path


def test_reports_come_back_in_the_order_of_ranks(tmp_path):
    path = program(tmp_path, REPORTING)
    found = launch(path, "a b", 3, workers=3, environment={"COLOUR": "green", "OMP_NUM_THREADS": "1"})
    rest = {"given": ["a b", "3"], "colour": "green", "threads": "1"}
    assert found == [{"rank": 0} | rest, {}, {"rank": 2} | rest]


def test_a_worker_that_fails_ends_all_and_its_last_words_are_told(tmp_path):
    with pytest.raises(RuntimeError, match=r"the 2 workers of .*program.py failed with exit code 1") as error:
        launch(program(tmp_path, FAILING), workers=2, timeout=100)
    assert "this worker has had enough" in str(error.value)


def test_workers_that_hang_are_ended(tmp_path):
    with pytest.raises(RuntimeError, match=r"the 2 workers of .*program.py are not done after 12 s"):
        launch(program(tmp_path, HANGING), tmp_path, workers=2, timeout=12)
    for rank in "01":
        gone(int((tmp_path / rank).read_text()))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process whose parent changes")
def test_a_worker_ends_with_its_agent(tmp_path):
    worker = (
        "import os, sys, time; from rnn_course.distributed import end_with_agent; end_with_agent(); "
        "print(os.getpid(), flush=True); time.sleep(600)"
    )
    agent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {worker!r}])"
    with subprocess.Popen([sys.executable, "-c", agent], stdout=subprocess.PIPE, text=True) as started:
        pid = int(started.stdout.readline())
        started.kill()
        started.wait()
        gone(pid)


def test_one_machines_command():
    line = command("train.py", "--epochs", 3, workers=4, max_restarts=2)
    assert line[:3] == [sys.executable, "-m", "torch.distributed.run"] and line[-3:] == ["train.py", "--epochs", "3"]
    assert {"--standalone", "--nnodes=1", "--nproc-per-node=4", "--max-restarts=2"} <= set(line)
    assert command("some.module")[-2:] == ["-m", "some.module"]


@pytest.mark.parametrize("is_store", [True, False])
def test_several_machines_command(is_store):
    line = command("m", workers=1, hosts=2, address="10.0.0.2", store="10.0.0.1:29400", is_store=is_store)
    conf = next(word for word in line if word.startswith("--rdzv-conf="))
    assert f"is_host={int(is_store)}" in conf and all(f"{name}={value}" in conf for name, value in RENDEZVOUS.items())
    assert {"--rdzv-endpoint=10.0.0.1:29400", "--local-addr=10.0.0.2", "--rdzv-backend=c10d"} <= set(line)
    assert "--standalone" not in line


def test_a_store_in_a_file():
    line = command("m", hosts=2, address="10.0.0.2", store="/disk/store")
    assert any("store_type=file" in word and "is_host" not in word for word in line)


def test_several_machines_have_to_say_where_they_meet():
    with pytest.raises(ValueError, match="hosts is 2, which needs address and store"):
        command("m", hosts=2, address="10.0.0.2")


def test_without_a_launcher_nothing_is_reported(tmp_path, monkeypatch):
    monkeypatch.delenv(REPORT, raising=False)
    report(rank=0)
    monkeypatch.setenv(REPORT, str(tmp_path))
    report(loss=0.25)
    assert reports(tmp_path, 2) == [{"loss": 0.25}, {}]


@pytest.mark.parametrize("options", [{"workers": 0}, {"timeout": 0}, {"workers": 2.5}, {"timeout": "long"}])
def test_bad_options_are_refused(options):
    with pytest.raises((TypeError, ValueError), match=rf"^{next(iter(options))} is"):
        launch("m", **options)


def test_the_guide_says_what_the_library_starts():
    """The page for people gives the command line by hand; it is the one that the trials with killed hosts run."""
    page = (Path(__file__).parents[2] / "book" / "several_machines.md").read_text("utf8")
    given = ("train", "--epochs", 50, "--pause", 0.1, "--every", 5, "--checkpoint", "/shared/run.safetensors")
    options = {"hosts": 2, "store": "192.168.1.11:29400", "workers": 2, "max_restarts": 3}
    [_, _, _, *words] = command(worker.__name__, *given, address="192.168.1.11", is_store=True, **options)
    assert " ".join(["torchrun", *words]) in " ".join(page.replace("\\\n", " ").split())
    [_, _, _, *other] = command(worker.__name__, *given, address="192.168.1.12", **options)
    changed = {word.partition(",")[0] for word in set(other) - set(words)}
    assert changed == {"--rdzv-conf=is_host=0", "--local-addr=192.168.1.12"}
    assert "is_host=0" in page and "`--local-addr=192.168.1.12`" in page
    assert all(f"{name}=1" in page for name in ("TORCH_DISABLE_SHARE_RDZV_TCP_STORE", "OMP_NUM_THREADS"))
