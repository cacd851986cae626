"""What every assignment of the course has to prove, on the cases that are marked and in a box.

An instructor proves those of a private folder in the same way: RNN_COURSE_ASSIGNMENTS names it, and the right and the
wrong answers lie in it, beside each assignment's specification.
"""

import json
import os
from pathlib import Path

from rnn_course.assignments import building, marking, specification

HERE = Path(__file__).resolve().parent
PRIVATE = os.environ.get("RNN_COURSE_ASSIGNMENTS")
SOURCE = Path(PRIVATE) if PRIVATE else HERE.parent / "assignments"
ANSWERS = SOURCE if PRIVATE else HERE / "assignments" / "given"
NAMES = sorted(path.parent.name for path in SOURCE.glob("*/spec.py"))
SECRET = b"a secret of the tests, of no class"
STUDENTS = ("1001", "0042", "li.wei")


def load(name):
    return specification.load(name, SOURCE)


def exercise(assignment, task, student):
    return task.exercise(specification.generator(SECRET, assignment.name, task.name, student))


def untouched(assignment):
    """The notebook that a student gets."""
    whole = json.loads((assignment.folder / f"{assignment.name}.ipynb").read_text("utf8"))
    return building.without_solutions(whole, assignment)


def submission(assignment, code, path):
    """A student's notebook with this code in a last cell."""
    made = untouched(assignment)
    made["cells"].append({"cell_type": "code", "metadata": {}, "source": code, "outputs": [], "execution_count": None})
    path.write_text(json.dumps(made), "utf8")
    return path


def marked(assignment, path, contents, engine="limits", student=STUDENTS[0]):
    return marking.mark(assignment, student, path, SECRET, engine, contents)
