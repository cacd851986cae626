"""Points for what was earned, by the name of the mistake, and none for what was not."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from boxes import contents, engine_or_skip

from rnn_course.assignments import marking, notebook, specification

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
EXAMPLES = Path(__file__).parent / "examples"
SECRET = b"sixteen or more bytes"
MEANS = "def means(x):\n    return x.mean(axis=0)"
REST = "def without_mean(x, W):\n    rest = x - x.mean(axis=0)\n    return rest, rest @ W"


@pytest.fixture(scope="module")
def assignment():
    return specification.load("means", EXAMPLES)


@pytest.fixture(params=["limits", "bubblewrap"])
def marked(request, assignment, tmp_path):
    """The report on a notebook of these cells."""
    engine = engine_or_skip(request.param)

    def marked(*cells, student="007"):
        kinds = [cell if isinstance(cell, dict) else {"cell_type": "code", "source": cell} for cell in cells]
        path = tmp_path / "means.ipynb"
        path.write_text(json.dumps({"cells": kinds}))
        return marking.mark(assignment, student, path, SECRET, engine, contents(tmp_path / "code"))

    return marked


def points(report):
    return [part.points for part in report.parts]


def test_the_solution_gets_every_point(assignment, tmp_path):
    path = EXAMPLES / "means" / "means.ipynb"
    report = marking.mark(assignment, "1", path, SECRET, "limits", contents(tmp_path / "code"))
    assert points(report) == [4, 6] and report.points == 10
    assert not report.errors and not report.notes and report.answers == {"why": ""}


def test_an_answer_and_the_id_that_was_typed_are_told(marked):
    answer = {"cell_type": "markdown", "source": "Why? So.", "metadata": {"tags": ["manual"], "question": "why"}}
    report = marked(MEANS, REST, "student_id = 8", answer)
    assert report.answers == {"why": "Why? So."}
    assert report.notes == ["Your notebook has the id '8', the class list knows you as '007'. No mark hangs on that."]
    assert not marked(MEANS, REST, "student_id = '007'", answer).notes
    asked = {**answer, "source": "Why over time? *Write here.*\n\n\nMine.\n\nWhy over time? *Write here.*\nMore."}
    assert marked(MEANS, REST, asked).answers == {"why": "Mine.\n\nMore."}


def test_a_stub_that_was_left_is_no_second_answer_and_another_one_is(marked):
    stub = f"def means(x):\n    {notebook.STUB}"
    assert not marked(stub, MEANS, REST).notes
    assert marked(stub, MEANS, MEANS, REST).notes == ["`means` is written in more than one cell: the last one counts."]


@pytest.mark.parametrize(
    ("wrong", "share", "sentence"),
    [
        ("x.mean(axis=1)", 0.5, "Time is the first axis"),
        ("(x ** 2).mean(axis=0)", 0.25, "You took the mean of the squares."),
        ("(x ** 2).mean(axis=1)", 0.125, "Two things are wrong."),
        ("x.sum(axis=0)", 0, "times the length of axis 0"),
        ("x.mean(axis=0) * 0", 0, ""),
        ("x.mean(axis=0) * 0 + 3", 0, ""),
        ("x", 0, ""),
        ("...", 0, "in the place of the `...`"),
        ("x.mean(axis=9)", 0, "raised AxisError"),
    ],
)
def test_a_mistake_has_its_sentence_and_its_credit(marked, wrong, share, sentence):
    report = marked(f"def means(x):\n    return {wrong}", REST)
    assert points(report) == [4 * share, 6]
    assert sentence in report.parts[0].message


@pytest.mark.parametrize(
    "right",
    [
        "import numpy as np\ndef means(x):\n    return np.einsum('tf->f', x) / len(x)",
        "def means(x):\n    return [sum(column) / len(column) for column in x.T]",
        "import numpy as np\nmeans = lambda x: np.average(x, axis=0).astype(np.float32)",
        "%%time\ndef means(x):\n    return x.mean(0)",
        "import matplotlib.pyplot as plt\nplt.plot([1])\ndef means(x):\n    return x.mean(0)",
        "def means(x):\n    x -= 1\n    return x.mean(0) + 1",
    ],
)
def test_other_right_ways_are_right(marked, right):
    assert points(marked(right, REST)) == [4, 6]


def test_what_lacks_or_stands_in_the_wrong_cell_or_twice_is_told(marked):
    report = marked({"cell_type": "markdown", "source": MEANS}, REST.replace("rest @ W", "1"), REST)
    assert points(report) == [0, 6]
    assert "stands in a cell of text" in report.parts[0].message
    assert report.notes[0] == "`without_mean` is written in more than one cell: the last one counts."
    assert points(marked("x = 1")) == [0, 0]


def test_a_file_that_is_no_notebook_gets_nothing_and_a_line(assignment, tmp_path):
    (tmp_path / "a.ipynb").write_bytes(b"PDF")
    report = marking.mark(assignment, "1", tmp_path / "a.ipynb", SECRET, "limits", contents(tmp_path / "code"))
    assert points(report) == [0, 0] and "no Jupyter notebook" in report.notes[0]


def test_a_cell_that_failed_is_told_by_its_number(marked):
    report = marked("a = 1", "1 / 0", MEANS, REST)
    assert report.errors == [{"cell": 2, "error": "ZeroDivisionError: division by zero", "line": "1 / 0"}]
    assert report.points == 10


def test_an_argument_beside_a_result_that_was_worked_out_leaves_a_mistake_its_credit():
    def moved(x, y, old=False):
        return x + y, x if old else x - y

    task = specification.Task(
        "moved",
        4,
        moved,
        visible=list,
        hidden=lambda rng: [tuple(rng.normal(size=(2, 3)))],
        mistakes={"The second is old.": ({"old": True}, 0.5), "Both are old.": (lambda x, y: (y, x), 0.5)},
        returns=("a", "b"),
    )
    exercise = task.exercise(np.random.default_rng(0))
    found = [marking.judged(task, exercise, made) for made in exercise.singles.values()]
    assert [part.points for part in found] == [2, 0]
    assert [part.mistakes for part in found] == [(sentence,) for sentence in task.mistakes]


def test_another_student_has_other_cases(assignment):
    of = assignment.tasks[1]
    drawn = [of.exercise(marking._generator(SECRET, assignment, of, student)).cases for student in ("1", "01", "2")]
    values = [case[0][0].tobytes() for case in drawn]
    assert len(set(values)) == 3
