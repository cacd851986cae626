"""A student's server of a JupyterHub: the copies first, then the hub's own program with the course's settings."""

import json
import os
import subprocess
import sys

import pytest

from rnn_course.lab import hub

# in the place of the program: what it was called with, and what it would see
PROGRAM = """\
#!{python}
import json, os, sys
print(json.dumps([sys.argv[1:], os.environ["RNN_COURSE_PROGRESS"], os.environ["JUPYTER_PATH"]]))
"""


@pytest.fixture
def start(tmp_path):
    """Start it as a hub does, in a home that is the test's; the completed process."""
    program = tmp_path / "bin" / "jupyterhub-singleuser"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    environment = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PATH": path}
    command = [sys.executable, "-m", "rnn_course.lab.hub", "--port=1234"]
    return lambda: subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


@pytest.mark.skipif(os.name == "nt", reason="a JupyterHub runs on Linux and macOS")
def test_the_copies_are_made_and_the_server_takes_over(start, tmp_path):
    words, record, path = json.loads(start().stdout)
    folder = tmp_path / hub.FOLDER
    assert words == ["--port=1234"] and (folder / "Start.md").exists()
    assert record == str(folder / "progress.json") and "tools/jupyter" in path


@pytest.mark.skipif(os.name == "nt", reason="a JupyterHub runs on Linux and macOS")
def test_a_home_that_cannot_be_written_does_not_keep_the_server_from_starting(start, tmp_path):
    (tmp_path / hub.FOLDER).write_text("a file where the folder should be")
    done = start()
    assert json.loads(done.stdout)[0] == ["--port=1234"]
    assert done.stderr.startswith("the copies of the course cannot be made: ") and "Traceback" not in done.stderr
