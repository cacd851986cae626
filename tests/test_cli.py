"""The command line: what it writes is a valid record, and what it refuses it refuses in a sentence."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from gpu_stand_ins import OnTheCPU, play_cuda

from rnn_course import cli, doctor, speed
from rnn_course.lab import place, site
from rnn_course.speed import hypotheses, rungs


def run(*arguments):
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


@pytest.fixture
def quick(monkeypatch):
    """Without the rungs that take a compiler half a minute."""
    for name in cli.THREADS:
        monkeypatch.setenv(name, "1")  # what the command sets is put back
    measure = speed.measure
    few = [name for name in speed.RUNGS if name != "compiled_loop"]
    monkeypatch.setattr(speed, "measure", lambda shapes, **how: measure(shapes, few, **how))
    rates = {"product": {"float32": 1e9}, "copy": 1e9, "call": 1e-6, "launch": 1e-7}
    monkeypatch.setattr(speed, "limits", lambda *a: rates)


def test_bench_speed_writes_a_record(quick, tmp_path):
    out = tmp_path / "mine.json"
    result = run("bench", "speed", "--smoke", "--out", out, "--seconds", 0.25, "--tf32")
    assert result.exit_code == 0, result.output
    record = speed.read_record(out)
    assert (
        record["command"]
        == "rnn-course bench speed --device cpu --out mine.json --smoke --threads 1 --seconds 0.25 --tf32"
    )
    assert record["settings"]["threads"] == 1 and record["settings"]["smoke"] and record["settings"]["tf32"]
    assert {r["rung"] for r in record["results"]} == set(speed.RUNGS) - {"compiled_loop"}
    assert "OPENBLAS_CORETYPE was" in result.output and "0 failed" in result.output


def test_a_rung_that_fails_is_the_exit_status(quick, monkeypatch, tmp_path):
    def broken(*_):
        raise RuntimeError("no")

    monkeypatch.setitem(speed.RUNGS, "nn_lstm", speed.Rung("nn.LSTM", broken))
    result = run("bench", "speed", "--smoke", "--out", tmp_path / "mine.json")
    assert result.exit_code == 1 and "1 failed" in result.output
    assert "skipped: failed: RuntimeError: no" in result.output


def test_one_command_measures_a_gpu_and_judges_what_was_expected(quick, monkeypatch, tmp_path):
    play_cuda(monkeypatch)
    monkeypatch.setattr(rungs, "find_spec", lambda name: True)
    small = [dataclasses.replace(h, shape=speed.Shape(*speed.SMOKE[0])) for h in speed.HYPOTHESES]
    monkeypatch.setattr(hypotheses, "HYPOTHESES", small)
    with OnTheCPU("cuda"):
        result = run("bench", "speed", "--device", "cuda", "--smoke", "--out", tmp_path / "gpu.json")
    record = speed.read_record(tmp_path / "gpu.json")
    assert record["device"] == {"kind": "cuda", "name": "a GPU of NVIDIA's", "driver": "1.2"}
    judged = result.output[result.output.index(" out of memory\n") :].strip().splitlines()[2:]
    assert [line.partition(": ")[0] in ("held", "did not hold") for line in judged] == [True] * 4
    for line, hypothesis in zip(judged, speed.HYPOTHESES, strict=True):
        found = {r["rung"]: r["median"] for r in record["results"]}
        ratio = found[hypothesis.slower] / found[hypothesis.quicker]
        assert line.startswith("held") == (ratio >= hypothesis.factor) and line.endswith(f"measured {ratio:.3g} ×")


def test_a_rung_out_of_memory_is_said_and_is_no_failure(quick, monkeypatch, tmp_path):
    def hungry(*_):
        raise MemoryError("7 GiB")

    monkeypatch.setitem(speed.RUNGS, "nn_lstm", speed.Rung("nn.LSTM", hungry))
    result = run("bench", "speed", "--smoke", "--out", tmp_path / "mine.json")
    assert result.exit_code == 0 and "0 failed, 1 out of memory" in result.output


def test_the_devices_are_the_ladders():
    assert cli.DEVICES == rungs.DEVICES == tuple(speed.GRIDS)


def test_refusals(tmp_path):
    import torch

    result = run("bench", "speed", "--out", tmp_path / "no" / "x.json")
    assert result.exit_code == 1 and "its folder does not exist" in result.output
    assert run("bench", "speed").exit_code == 2
    for option, value in (("--device", "tpu"), ("--threads", 0), ("--seconds", 0), ("--seconds", "nan")):
        result = run("bench", "speed", "--out", tmp_path / "x.json", option, value)
        assert result.exit_code == 2 and option in result.output, result.output
    if not torch.cuda.is_available():
        result = run("bench", "speed", "--device", "cuda", "--out", tmp_path / "x.json")
        assert result.exit_code == 1 and "Error: device is 'cuda', but torch finds no GPU here" in result.output
    assert not list(tmp_path.iterdir())


def test_doctor_finds_all_that_is_needed():
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert "MISSING" not in result.output and "package torch>=2.13: " in result.output


def test_what_doctor_misses_stands_with_the_line_that_mends_it(monkeypatch):
    found = [
        doctor.Finding(True, "package torch", "99", "no line"),
        doctor.Finding(False, "npm", ""),
        doctor.Finding(True, "package numpy", "", "pip install numpy"),
    ]
    monkeypatch.setattr(doctor, "findings", lambda: found)
    result = run("doctor")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "ok      package torch: 99",
        "absent  npm",
        "MISSING package numpy",
        "        to mend it: pip install numpy",
    ]


@pytest.fixture
def started(monkeypatch):
    """The calls that would have put JupyterLab in this process's place."""
    calls = []
    monkeypatch.setattr(cli.os, "execve", lambda *arguments: calls.append(arguments))
    return calls


def test_lab_opens_copies_in_a_folder_of_the_learners(started, tmp_path):
    folder = tmp_path / "mine"
    result = run("lab", folder, "--no-browser", "--port", 9999)
    assert result.exit_code == 0 and f"Your copies of the chapters are in {folder}" in result.output
    ((program, command, environment),) = started
    assert program == command[0] == sys.executable and command[1:3] == ["-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={folder}" in command
    assert command[-4:] == ["--no-browser", "--port", "9999", str(folder / "Start.md")]
    assert environment["RNN_COURSE_PROGRESS"] == str(folder / "progress.json")
    assert (folder / "notebooks" / "01_background.ipynb").is_file()


def test_lab_without_a_folder_takes_mine_which_git_ignores(started, monkeypatch, tmp_path):
    for part in ("notebooks", "book"):
        (tmp_path / part).symlink_to(place.COURSE / part)
    monkeypatch.setattr(place, "COURSE", tmp_path)
    assert run("lab", "--no-browser").exit_code == 0
    ((_, command, _),) = started
    assert command[-1] == str(tmp_path / "mine" / "Start.md")
    assert "mine/" in (Path(__file__).parent.parent / ".gitignore").read_text().split()


def test_lab_without_a_folder_takes_one_in_the_home_where_there_is_no_clone(started, monkeypatch, tmp_path):
    monkeypatch.setattr(place, "INSTALLED", True)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert run("lab").exit_code == 0
    assert (tmp_path / "rnn-course" / "Start.md").is_file() and len(started) == 1


def test_a_home_that_is_unknown_is_one_sentence(started, monkeypatch):
    def unknown():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(place, "INSTALLED", True)
    monkeypatch.setattr(Path, "home", unknown)
    result = run("lab")
    assert result.exit_code == 1 and result.output.endswith("rnn-course lab FOLDER\n") and not started


def test_without_jupyterlab_the_line_that_installs_it_is_said(started, monkeypatch):
    monkeypatch.setattr(cli.importlib.util, "find_spec", lambda name: None)
    result = run("lab")
    assert result.exit_code == 1 and result.output.endswith(f"{doctor.pip_line('jupyterlab')}\n") and not started


def test_what_the_system_refuses_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(place, "INSTALLED", True)
    (tmp_path / "file").write_text("")
    result = run("book", tmp_path / "file" / "site")
    assert result.exit_code == 1 and result.output.startswith("Error: [Errno ") and result.output.count("\n") == 1


def test_lab_says_what_is_newer_than_ones_own(started, tmp_path):
    run("lab", tmp_path / "mine")
    chapter = tmp_path / "mine" / "notebooks" / "03_bptt.ipynb"
    chapter.write_text(chapter.read_text("utf8").replace("Backpropagation", "My", 1), "utf8")
    (tmp_path / "mine" / ".course.json").unlink()
    output = run("lab", tmp_path / "mine").output
    assert (
        "03_bptt.ipynb is newer in the course; yours is as you left it, and the new one is 03_bptt.new.ipynb" in output
    )


def test_a_folder_that_cannot_hold_copies_is_one_sentence(started, tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", place.COURSE, place.COURSE / "notebooks" / "mine"):
        result = run("lab", folder)
        assert result.exit_code == 1 and result.output.count("\n") == 1, result.output
        assert result.output.startswith("Error: your copies cannot be made: ")
        assert result.output.endswith("Name another folder of yours: rnn-course lab FOLDER\n")
    assert not started


def test_progress_says_what_is_right_in_each_chapter(tmp_path):
    (tmp_path / "progress.json").write_text('{"passed": {"clipped": "2026-01-02", "accused": "2026-01-03"}}')
    lines = run("progress", tmp_path).output.splitlines()
    assert len(lines) == len(list((place.COURSE / "notebooks").glob("*.ipynb")))
    assert lines[2].startswith("Backpropagation through time ") and lines[2].endswith("right 2 of 3, to do: 1")
    assert lines[0].endswith("right 0 of 4, to do: 1, 2, 3, 4")
    (tmp_path / "progress.json").write_text("broken")
    result = run("progress", tmp_path)
    assert result.exit_code == 1 and "mend it or delete it" in result.output


def test_book_is_made_in_the_repository(monkeypatch):
    calls = []

    def call(command, **how):
        calls.append((command, how))
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(cli.subprocess, "run", call)
    assert run("book").exit_code == 3
    ((command, how),) = calls
    assert command == ["make", "book"] and how["cwd"] == place.COURSE

    assert run("book", "elsewhere").exit_code == 2 and len(calls) == 1


def test_book_builds_the_site_in_a_folder_where_there_is_no_clone(monkeypatch, tmp_path):
    monkeypatch.setattr(place, "INSTALLED", True)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(site, "build", lambda folder: folder / "index.html")
    assert run("book").output == f"Open {tmp_path / 'rnn-course' / 'site' / 'index.html'} in a browser\n"
    assert run("book", tmp_path).output == f"Open {tmp_path / 'index.html'} in a browser\n"
    monkeypatch.setattr(cli.importlib.util, "find_spec", lambda name: None)
    result = run("book")
    assert result.exit_code == 1 and result.output.endswith(f"{doctor.pip_line('rnn-course[book]')}\n")


def test_without_chapters(monkeypatch, tmp_path):
    monkeypatch.setattr(place, "COURSE", tmp_path)
    for command in ("lab", "progress"):
        result = run(command)
        assert result.exit_code == 1 and "install the course again" in result.output


def test_a_shell_completes_commands(monkeypatch):
    asked = {"_RNN_COURSE_COMPLETE": "bash_complete", "COMP_WORDS": "rnn-course do", "COMP_CWORD": "1"}
    result = CliRunner().invoke(cli.main, [], prog_name="rnn-course", env=asked)
    assert result.output == "plain,doctor\n"


def test_the_command_is_installed_and_starts_light():
    code = "import sys, rnn_course.cli; print([m for m in ('torch', 'numpy', 'matplotlib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
    (point,) = [e for e in __import__("importlib.metadata").metadata.entry_points(name="rnn-course")]
    assert point.load() is cli.main
