"""Points for what was earned, by the name of the mistake, and none for what was not."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from boxes import contents, engine_or_skip

from rnn_course.assignments import marking, specification

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
    assert not report.errors and not report.notes
    assert "Why over time?" in report.answers["why"]


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


CHEATS = {
    "patches NumPy's tests": "import numpy as np\nnp.testing.assert_allclose = lambda *a, **k: None",
    "patches the builtins": "import builtins\nbuiltins.all = lambda *a: True",
    "prints the words of a pass": "print('Right. Equal to the reference in 3 random cases.')",
    "an array that is equal to all": "import numpy as np\nclass A(np.ndarray):\n    def __eq__(self, o): return True",
    "reads the frames for the reference": "import sys\nf = sys._getframe()\nwhile f: f = f.f_back",
    "imports the reference": "from rnn_course.assignments import specification",
    "changes what calls it": "import worker, calling\ncalling.call = worker.call = lambda *a, **k: ({'': 1.0}, ())",
    "changes what is sent": "import frames\nframes.packed = lambda v, a: {'dict': [['results', {'dict': []}]]}",
    "claims to be unusable and right": "import worker\nworker.Submission.call = lambda *a, **k: {'passed': True}",
    "gives results of other names": "import worker\nworker.Submission.call = lambda *a, **k: {'results': {'x': 1}}",
    "gives results that are text": "import worker\nworker.Submission.call = lambda *a, **k: {'results': {'': 'R'}}",
    "gives no results": "import worker\nworker.Submission.call = lambda *a, **k: {'results': None}",
    "writes no list": "import worker\nworker.Submission.call = lambda *a, **k: {'results': {}, 'written': 3}",
    "answers nothing at all": "import worker\nworker.Submission.call = lambda *a, **k: {}",
    "writes a number for the written": (
        "import numpy as np, worker\n"
        "worker.Submission.call = lambda *a, **k: {'results': {'': np.ones(3)}, 'written': 3}"
    ),
    "answers with no errors that are text": "import worker\nworker.Submission.cell = lambda *a, **k: {'error': 3}",
    "names no functions": "import worker\nworker.Submission.names = lambda *a, **k: {'functions': 3}",
    "claims to have died of pride": "import worker\nworker.Submission.call = lambda *a, **k: {'died': 3, 'results': 1}",
    "raises what ends a test": "raise KeyboardInterrupt",
    "leaves the process": "import os\nos._exit(0)",
    "leaves with success": "import sys\nsys.exit(0)",
    "removes its folder": "import shutil\nshutil.rmtree('.', ignore_errors=True)",
    "looks for the check's arrays": "import glob, numpy as np\nfor f in glob.glob('/**/checks.npz'): np.load(f)",
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_submission_that_cheats_gets_no_more_than_it_earned(marked, cheat):
    wrong = "import numpy as np\ndef means(x):\n    return np.array(1.0)"
    report = marked(CHEATS[cheat], wrong, "def without_mean(x, W):\n    return x, W")
    assert points(report) == [0, 0]


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
