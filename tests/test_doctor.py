"""What is looked for, and the lines that mend what is missing."""

import shlex
import sys
from pathlib import Path

import pytest

from rnn_course import doctor
from rnn_course.lab import place


def lines():
    return {finding.name: finding for finding in doctor.findings()}


def test_a_package_that_is_too_old_is_missing_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setattr(doctor, "version", lambda name: "0.1" if name == "numpy" else "99")
    found = lines()
    assert found["package torch>=2.13"].found == "99"
    numpy = found["package numpy>=2.0"]
    assert numpy.needed and not numpy.found
    assert shlex.split(numpy.line) == [sys.executable, "-m", "pip", "install", "numpy>=2.0"]


@pytest.mark.parametrize(
    "system, driver, large", [("linux", False, False), ("linux", True, True), ("darwin", False, True)]
)
def test_the_line_for_torch_takes_the_small_build_where_the_large_is_of_no_use(monkeypatch, system, driver, large):
    monkeypatch.setattr(doctor, "version", lambda name: "0.1")
    monkeypatch.setattr(doctor.sys, "platform", system)
    monkeypatch.setattr(doctor, "DRIVER", Path(__file__ if driver else "no such file"))
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    line = lines()["package torch>=2.13"].line
    with_pip = shlex.join([sys.executable, "-m", "pip", "install", "torch>=2.13"])
    small = f" -m uv pip install --python {shlex.quote(sys.executable)} --torch-backend cpu 'torch>=2.13'"
    assert line == with_pip if large else line.endswith(small) and "torch" not in line.split("&&")[0]


def test_jupyter_book_comes_with_an_extra(monkeypatch):
    def version(name):
        raise doctor.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", version)
    book = lines()["jupyter-book, for the site"]
    assert not book.needed and not book.found and book.line.endswith(" -m pip install 'rnn-course[book]'")


@pytest.mark.parametrize(
    "manager, line", [("apt-get", "sudo apt-get install npm"), ("brew", "brew install node"), ("dnf", "")]
)
def test_a_program_is_installed_as_the_system_does_it(monkeypatch, manager, line):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: name if name == manager else None)
    assert lines()["npm, for the site's scripts"].line == line


def test_what_only_a_clone_needs_is_not_missed_without_one(monkeypatch):
    assert any(name.startswith("make, ") for name in lines())
    monkeypatch.setattr(place, "INSTALLED", True)
    found = lines()
    assert not any(name.startswith(("make, ", "npm, ", "chromium, ")) for name in found)
    assert any(name.startswith("c++, ") for name in found)


def test_the_chapters_may_be_missing(monkeypatch, tmp_path):
    assert lines()["chapters and pages"].found == str(place.COURSE)
    monkeypatch.setattr(place, "COURSE", tmp_path)
    chapters = lines()["chapters and pages"]
    assert chapters.needed and not chapters.found


def test_another_python_is_missed(monkeypatch):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.10.1")
    python = next(doctor.findings())
    assert python.needed and python.name.startswith("Python ") and not python.found
