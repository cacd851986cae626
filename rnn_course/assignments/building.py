"""Builds what is handed out: the student's notebook with checks and data, the solution, and nbgrader's folder."""

import ast
import copy
import io
import json
import re
from pathlib import Path

import numpy as np

from rnn_course import files
from rnn_course.assignments import visible
from rnn_course.assignments.apart import standing_alone
from rnn_course.assignments.notebook import STUB
from rnn_course.assignments.zips import zipped

CODE = {
    "__init__": "assignments/visible.py",
    "frames": "assignments/frames.py",
    "rating": "assignments/rating.py",
    "calling": "exercises/calling.py",
    "comparison": "exercises/comparison.py",
    "returned": "exercises/returned.py",
    "shown": "exercises/shown.py",
}
FACTS = "assignment.json"
SEED = 0


def build(assignment, out):
    """Write NAME-student.zip, NAME-solution.ipynb and nbgrader/source/NAME/ into a folder; return their paths.

    Arguments
        assignment   an `Assignment` that was loaded
        out          the folder, which is made where it is not there

    What is in the student's zip holds no code of a solution. Raises ValueError where a cell tagged `solution` defines
    nothing that can be left blank, or where a task has none.
    """
    out, name = Path(out), assignment.name
    whole = json.loads((assignment.folder / f"{name}.ipynb").read_text("utf8"))
    handed_out = without_solutions(whole, assignment)
    parts = student_files(assignment, handed_out)
    graded = out / "nbgrader" / "source" / name
    graded.mkdir(parents=True, exist_ok=True)
    written = {
        out / f"{name}-student.zip": zipped({f"{name}/{path}": content for path, content in parts.items()}),
        out / f"{name}-solution.ipynb": as_text(whole),
        graded / f"{name}.ipynb": as_text(for_nbgrader(handed_out, assignment)),
    }
    written |= {graded / path: content for path, content in parts.items() if path != f"{name}.ipynb"}
    for path, content in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, content)
    return list(written)


def differences(assignment):
    """Sentences on what students read and the specification says otherwise: the title, and points in headings."""
    whole = json.loads((assignment.folder / f"{assignment.name}.ipynb").read_text("utf8"))
    texts = ["".join(cell["source"]) for cell in whole["cells"] if cell["cell_type"] == "markdown"]
    headings = re.findall(r"^#+ (.+)$", "\n".join(texts), re.M)
    told = []
    if headings and headings[0] != assignment.title:
        told.append(f"The notebook is called {headings[0]!r} and the specification {assignment.title!r}.")
    points = [float(n) for heading in headings for n in re.findall(r"\((\d+(?:\.\d+)?) points?\)", heading)]
    if points and sum(points) != assignment.maximum:
        told.append(
            f"The notebook's headings have {sum(points):g} points and the specification {assignment.maximum:g}."
        )
    return told


def without_solutions(whole, assignment):
    """The notebook with `...` in the place of what cells tagged `solution` hold; a text answer keeps its question."""
    made, found = copy.deepcopy(whole), set()
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
        if "solution" in cell["metadata"].get("tags", ()):
            source, names = blank("".join(cell["source"]))
            cell["source"] = source.splitlines(True)
            found |= names
    lacking = [task.name for task in assignment.tasks if task.name not in found]
    if lacking:
        raise ValueError(f"the notebook of {assignment.name!r} has no cell tagged solution that defines {lacking}")
    return made


def blank(source):
    """A solution's code with its functions' bodies and its values left blank, and the names of those.

    A signature, a docstring and comments above the first statement stay.

    >>> print(blank("def means(x):\\n    return x.mean(axis=0)\\n\\nk = 3")[0])
    def means(x):
        ...  # your answer goes here
    <BLANKLINE>
    k = ...
    """
    lines, kept, names = source.splitlines(), [], set()
    for node in ast.parse(source).body:
        first = min([node.lineno, *[d.lineno for d in getattr(node, "decorator_list", ())]])
        if isinstance(node, ast.FunctionDef):
            if node.body[0].lineno == node.lineno:
                raise ValueError(f"`def {node.name}` of a cell tagged solution is written on one line")
            names.add(node.name)
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            end = node.body[0].end_lineno if len(body) < len(node.body) else _signature_end(node, lines)
            kept.append("\n".join([*lines[first - 1 : end], f"    {STUB}"]))
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            names.add(node.targets[0].id)
            kept.append(f"{node.targets[0].id} = ...")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            kept.append("\n".join(lines[node.lineno - 1 : node.end_lineno]))
        else:
            raise ValueError(f"line {node.lineno} of a cell tagged solution is no function, value or import")
    return "\n\n".join(kept), names


def _signature_end(node, lines):
    """The last line of `def …:`."""
    before = node.body[0].lineno - 1
    while before > node.lineno and not re.search(r":\s*(#.*)?$", lines[before - 1]):
        before -= 1
    return max(before, node.lineno)


def student_files(assignment, notebook):
    """`{path: bytes}` of the student's folder: the notebook, `checks`, and the data."""
    parts = {f"{assignment.name}.ipynb": as_text(notebook)}
    for name, path in CODE.items():
        parts[f"checks/{name}.py"] = standing_alone(path, package=True).encode("utf8")
    arrays = io.BytesIO()
    visible.write(arrays, {task.name: shipped(task) for task in assignment.tasks})
    parts[f"checks/{visible.ARRAYS}"] = arrays.getvalue()
    parts[f"checks/{FACTS}"] = as_text(facts(assignment))
    return parts | {name: (assignment.folder / name).read_bytes() for name in assignment.data}


def facts(assignment):
    """What `rnn-course assignment try` needs to run a student's notebook as it will be run when it is marked."""
    return {
        "title": assignment.title,
        "packages": list(assignment.packages),
        "limits": assignment.limits._asdict(),
        "data": list(assignment.data),
        "questions": [
            {"title": q.title, "name": q.name, "cell": assignment.question_cells[q.name]} for q in assignment.questions
        ],
    }


def shipped(task):
    """What a student's check needs of a task: arguments, results that are wanted, and what mistakes give."""
    exercise = task.exercise(np.random.default_rng(SEED), task.visible)
    return {
        "given": exercise.given,
        "wanted": exercise.wanted,
        "mistakes": exercise.singles,
        "returns": list(task.returns),
        "advice": dict(task.advice),
        "keyed": task.keyed,
        "tolerance": task.tolerance,
        "ladder": exercise.rungs if task.ladder else None,
    }


def for_nbgrader(notebook, assignment):
    """The same notebook with nbgrader's metadata: answers are solutions, and every cell that is marked has an id."""
    made = copy.deepcopy(notebook)
    points = {question.name: question.points for question in assignment.questions}
    for number, cell in enumerate(made["cells"], 1):
        tags = cell["metadata"].get("tags", ())
        question = cell["metadata"].get("question")
        kind = {"solution": "solution" in tags or "manual" in tags, "grade": question in points}
        if any(kind.values()):
            cell["metadata"]["nbgrader"] = kind | {
                "grade_id": question or f"cell-{number}",
                "locked": False,
                "schema_version": 3,
                "task": False,
                **({"points": points[question]} if question in points else {}),
            }
    return made


def as_text(notebook):
    """The bytes of a notebook, or of another mapping, as Jupyter writes them."""
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf8")
