"""What is handed out: blank answers, checks that work without the course, and nothing of a solution."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest

from rnn_course.assignments import building, specification

EXAMPLES = Path(__file__).parent / "examples"
BODIES = ("np.mean(x", "return rest", "power=", "weigh=")


@pytest.fixture(scope="module")
def means():
    return specification.load("means", EXAMPLES)


@pytest.fixture(scope="module")
def student(means, tmp_path_factory):
    """The student's folder, unpacked."""
    out = tmp_path_factory.mktemp("built")
    building.build(means, out)
    with zipfile.ZipFile(out / "means-student.zip") as archive:
        archive.extractall(out)
    return out / "means"


def test_the_students_folder_holds_notebook_checks_and_data_and_nothing_of_a_solution(student):
    found = {path.relative_to(student).as_posix() for path in student.rglob("*") if path.is_file()}
    assert found == {"means.ipynb", "series.csv", "checks/checks.npz", "checks/assignment.json"} | {
        f"checks/{name}.py" for name in building.CODE
    }
    for path in student.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [body for body in BODIES if body.encode() in content], path
    assert sum(path.stat().st_size for path in student.rglob("*") if path.is_file()) < 60_000


def test_the_notebook_is_valid_and_asks_for_what_it_asked(student, means):
    made = nbformat.read(student / "means.ipynb", 4)
    nbformat.validate(made)
    sources = [cell.source for cell in made.cells]
    assert "def means(x):\n    ...  # your answer goes here" in sources
    whole = nbformat.read(means.folder / "means.ipynb", 4)
    kept = [cell.source for cell in whole.cells if "solution" not in cell.metadata.get("tags", ())]
    assert [source for source in sources if "your answer" not in source] == kept


def test_the_checks_work_where_the_course_is_not_installed(student):
    numpy = str(Path(np.__file__).parent.parent)
    program = f"""
import sys
sys.path[:0] = [{str(student)!r}, {numpy!r}]
from checks import check
print(check("means", ...))
print(check("means", lambda x: x.mean(axis=0)))
print(check("means", lambda x: x.mean(axis=1)))
print(check("without_mean", lambda x, W: (x - x.mean(axis=0), 3)))
print(any(name.startswith("rnn_course") for name in sys.modules))
"""
    words = [sys.executable, "-I", "-S", "-c", program]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[0].startswith("Not attempted.")
    assert said[1] == "Right. Equal to what is wanted in the 2 cases that are shown."
    assert said[2] == "Not yet. Time is the first axis: take the mean over axis 0."
    assert said[3].startswith("Not yet. Right: `rest`. Not yet: `product`.")
    assert said[4] == "False"


def test_the_same_things_build_the_same_bytes(means, tmp_path):
    first, second = (building.build(means, tmp_path / name)[0].read_bytes() for name in "ab")
    assert first == second


def test_nbgraders_source_has_what_nbgrader_needs(means, tmp_path):
    building.build(means, tmp_path)
    made = json.loads((tmp_path / "nbgrader" / "source" / "means" / "means.ipynb").read_text("utf8"))
    marked = [cell["metadata"]["nbgrader"] for cell in made["cells"] if "nbgrader" in cell["metadata"]]
    ids = [cell["grade_id"] for cell in marked]
    assert len(ids) == len(set(ids)) == 3 and ids[-1] == "why"
    assert [cell.get("points") for cell in marked] == [None, None, 2]
    assert all(cell["schema_version"] == 3 and cell["solution"] for cell in marked)


@pytest.mark.parametrize(
    ("source", "wanted", "names"),
    [
        ("def f(x):\n    return x", "def f(x):\n    ...  # your answer goes here", {"f"}),
        ("def f(x): return x", "def f(x): return x", {"f"}),
        (
            'def f(\n    x,\n    W=(1, 2),\n):\n    """Say."""\n    y = x\n    return y',
            'def f(\n    x,\n    W=(1, 2),\n):\n    """Say."""\n    ...  # your answer goes here',
            {"f"},
        ),
        ("import math\nk = math.pi", "import math\n\nk = ...", {"k"}),
    ],
)
def test_a_body_is_left_blank_and_a_signature_stays(source, wanted, names):
    if source.count("\n") == 0:
        with pytest.raises(ValueError, match="is written on one line"):
            building.blank(source)
        return
    assert building.blank(source) == (wanted, names)


def test_a_solution_that_cannot_be_left_blank_is_refused(means):
    with pytest.raises(ValueError, match="line 1 of a cell tagged solution is no function, value or import"):
        building.blank("print(3)")
    cells = [{"cell_type": "code", "source": "k = 1", "metadata": {"tags": ["solution"]}}]
    with pytest.raises(ValueError, match=r"has no cell tagged solution that defines \['means', 'without_mean'\]"):
        building.without_solutions({"cells": cells}, means)


def test_where_the_notebook_and_the_specification_differ_is_told(tmp_path):
    shutil.copytree(EXAMPLES / "means", tmp_path / "means")
    assert building.differences(specification.load("means", tmp_path)) == []
    path = tmp_path / "means" / "means.ipynb"
    whole = json.loads(path.read_text("utf8"))
    whole["cells"][3]["source"] = "## Means (4 points)"
    whole["cells"][0]["source"] = "# Another title\n\n# Means"
    path.write_text(json.dumps(whole), "utf8")
    assert building.differences(specification.load("means", tmp_path)) == [
        "The notebook is called 'Another title' and the specification 'Means'.",
        "The notebook's headings have 4 points and the specification 12.",
    ]
