"""A student's own look: what is read, what runs, and what the visible checks say."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from rnn_course.assignments import building, isolation, specification, trying

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
ASSIGNMENT = specification.load("means", Path(__file__).parent / "examples")


@pytest.fixture
def handed_out(tmp_path):
    """The student's folder, unpacked."""
    student, *_ = building.build(ASSIGNMENT, tmp_path / "out")
    with zipfile.ZipFile(student) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "means"


def look(folder, isolate="limits"):
    (folder.parent / "code").mkdir(exist_ok=True)
    return list(trying.look(folder / "means.ipynb", isolate, folder.parent / "code"))


def answered(folder, code, text="Because."):
    made = json.loads((folder / "means.ipynb").read_text("utf8"))
    made["cells"].append({"cell_type": "code", "metadata": {}, "source": code})
    made["cells"][8]["source"] = text
    (folder / "means.ipynb").write_text(json.dumps(made), "utf8")


def test_an_untouched_notebook_is_open(handed_out):
    first, walls, means, rest, why, last = look(handed_out)
    assert first == "Means. Cells of code that are run: 3."
    assert walls.endswith("has Python and these alone: numpy.")
    assert means.startswith("means: Not attempted.") and rest.startswith("without_mean: Not attempted.")
    assert why == "Why over time? There is no answer yet."
    assert last == trying.NO_MARKS


def test_right_wrong_broken_and_what_is_not_there_are_told(handed_out):
    answered(handed_out, "means = lambda x: x.mean(0)\ndef without_mean(x, W):\n    return 1 / 0\n1 / 0")
    lines = look(handed_out)
    assert "Cell 10 did not run to its end: ZeroDivisionError: division by zero" in lines
    assert "means: Right. Equal to what is wanted in the 2 cases that are shown." in lines
    assert any(line.startswith("without_mean: Not yet. Your function raised ZeroDivisionError") for line in lines)
    assert "Why over time? There is an answer." in lines
    answered(handed_out, "del means\nwithout_mean = lambda x, W: (x + x.mean(0), (x + x.mean(0)) @ W)")
    lines = look(handed_out)
    assert "means: Not yet. Your notebook defines it nowhere." in lines
    assert "without_mean: Not yet. Subtract the mean; you added it." in lines


def test_what_is_not_there_or_no_notebook_is_said(handed_out):
    (handed_out / "checks" / "checks.npz").unlink()
    with pytest.raises(ValueError, match="is not there as it was handed out: unpack the zip once more"):
        look(handed_out)
    (handed_out / "means.ipynb").write_text("no")
    with pytest.raises(ValueError, match="no Jupyter notebook"):
        look(handed_out)


def test_without_an_engine_it_runs_without_walls_unless_one_was_named(handed_out, monkeypatch):
    monkeypatch.setattr(isolation, "missing", lambda engine: ["it is not installed"])
    assert any("without walls" in line for line in look(handed_out, "auto"))
    with pytest.raises(isolation.Unsafe):
        look(handed_out, "podman")
