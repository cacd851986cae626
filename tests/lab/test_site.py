"""How Jupyter Book is called; tests/test_wheel.py builds the site with it."""

import subprocess
import sys

import pytest

from rnn_course.lab import site


@pytest.fixture
def called(monkeypatch):
    """The calls of Jupyter Book, each a success; a test may make it another exit status."""
    calls = []

    def run(command, **how):
        calls.append((command, how))
        return subprocess.CompletedProcess(command, run.status)

    run.status = 0
    monkeypatch.setattr(site.subprocess, "run", run)
    return calls, run


def test_the_site_is_built_in_the_folder_from_the_courses_texts(called, tmp_path):
    calls, _ = called
    assert site.build(tmp_path / "new" / "site", tmp_path) == tmp_path / "new/site/_build/html/index.html"
    ((command, how),) = calls
    assert command[0] == sys.executable and how["cwd"] == tmp_path
    assert command[-2:] == ["--path-output", str(tmp_path / "new" / "site")] and (tmp_path / "new" / "site").is_dir()


def test_a_build_that_fails_is_said(called, tmp_path):
    _, run = called
    run.status = 1
    with pytest.raises(RuntimeError, match="could not build the site"):
        site.build(tmp_path)
