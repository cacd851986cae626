"""What has passed: in the learner's file, where it is wanted, whole when two notebooks write at once."""

import json
import multiprocessing
import os

import pytest

from rnn_course.lab import progress


def test_what_has_passed_is_kept_with_its_first_day(tmp_path):
    path = tmp_path / progress.NAME
    assert progress.read(path) == {}
    assert progress.add(path, "windows") and not progress.add(path, "windows") and progress.add(path, "scaling")
    assert set(progress.read(path)) == {"windows", "scaling"}
    path.write_text('{"passed": {"windows": "2020-02-02"}}')
    assert not progress.add(path, "windows") and progress.read(path) == {"windows": "2020-02-02"}


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"passed": 3}', '{"done": {}}', "\x00"])
def test_a_broken_file_is_named_and_left_alone(tmp_path, broken):
    path = tmp_path / progress.NAME
    path.write_text(broken)
    for call in (lambda: progress.read(path), lambda: progress.add(path, "windows")):
        with pytest.raises(
            ValueError, match=r"progress\.json cannot be read as a record of progress: mend it or delete"
        ):
            call()
    assert path.read_text() == broken


def test_where_it_is_noted(tmp_path, monkeypatch):
    """In the file that is named, from a notebook in its folder or below, and nowhere else."""
    path, inside = tmp_path / "mine" / progress.NAME, tmp_path / "mine" / "notebooks"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    monkeypatch.delenv(progress.VARIABLE, raising=False)
    assert progress.place() is None
    for off in ("", "off", "OFF"):
        monkeypatch.setenv(progress.VARIABLE, off)
        assert progress.place() is None
    monkeypatch.setenv(progress.VARIABLE, str(path))
    assert progress.place() == path
    monkeypatch.chdir(tmp_path)
    assert progress.place() is None


def _add(path, names):
    for name in names:
        progress.add(path, name)


@pytest.mark.skipif(os.name == "nt", reason="Windows starts processes in another way")
def test_two_kernels_at_once_lose_nothing(tmp_path):
    path, fork = tmp_path / progress.NAME, multiprocessing.get_context("fork")
    names = [[f"{kernel}{k}" for k in range(40)] for kernel in "abc"]
    kernels = [fork.Process(target=_add, args=(path, few)) for few in names]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(60)
    assert set(json.loads(path.read_text())["passed"]) == set().union(*names)
