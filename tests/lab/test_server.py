"""How JupyterLab is started: its root, its settings, and where exercises are noted."""

import json
import os
import sys
from pathlib import Path

from rnn_course.lab import server


def test_the_learners_folder_is_the_root(tmp_path):
    words = server.command(tmp_path / "Start.md", tmp_path, ["--no-browser"])
    assert words[:3] == [sys.executable, "-m", "jupyterlab"] and words[-2:] == [
        "--no-browser",
        str(tmp_path / "Start.md"),
    ]
    assert f"--ServerApp.root_dir={tmp_path}" in words
    assert "--LabApp.default_url=/lab/tree/Start.md" in words  # the address that is printed for --no-browser


def test_settings_and_the_file_for_progress_are_named(monkeypatch, tmp_path):
    for name in ("JUPYTER_PATH", "OMP_NUM_THREADS", "RNN_COURSE_PROGRESS"):
        monkeypatch.delenv(name, raising=False)
    found = server.environment(tmp_path / "progress.json")
    assert found["RNN_COURSE_PROGRESS"] == str(tmp_path / "progress.json") and found["OMP_NUM_THREADS"] == "1"
    assert found["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    settings = json.loads((Path(found["JUPYTER_CONFIG_PATH"]) / "labconfig/default_setting_overrides.json").read_text())
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    package = json.loads((Path(found["JUPYTER_PATH"]) / "labextensions/rnn-course/package.json").read_text())
    assert (
        Path(found["JUPYTER_PATH"]) / "labextensions/rnn-course" / package["jupyterlab"]["_build"]["load"]
    ).is_file()


def test_what_the_learner_has_set_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("RNN_COURSE_PROGRESS", "Off")
    monkeypatch.setenv("JUPYTER_PATH", "elsewhere")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    found = server.environment(tmp_path / "progress.json")
    assert found["RNN_COURSE_PROGRESS"] == "Off" and found["OMP_NUM_THREADS"] == "2"
    assert found["JUPYTER_PATH"].endswith(os.pathsep + "elsewhere")
