"""The code that students wrote, as scripts in the folders that JPlag compares; nothing is compared here.

With JPlag 4 to 6 (in earlier versions `-bc` names a folder among the submissions):

    java -jar jplag.jar -l python3 -bc OUT/base OUT/submissions
"""

import ast
import json
import warnings
from pathlib import Path
from typing import NamedTuple

from rnn_course import files
from rnn_course.assignments import building, notebook


class Scripts(NamedTuple):
    """The paths of the students' scripts that were written, and a sentence on what is missing in them, a list each."""

    written: list
    notes: list


def scripts(assignment, collected, out):
    """Write a script for each notebook that was collected, and one of the code handed out; return `Scripts`.

    Arguments
        assignment   an `Assignment`
        collected    the folder of `collect`, with `ID/NAME.ipynb`
        out          the folder that gets `submissions/ID/NAME.py` and `base/NAME.py`, made where it is not there

    A script holds the code cells that are run, less those that are as they were handed out. A cell that is no Python is
    left out, since JPlag passes over the whole submission otherwise. Where a student has nothing to compare, there is
    no script, nor one of an earlier call. Raises ValueError where nothing was collected, OSError where a file cannot be
    written.
    """
    name, out = assignment.name, Path(out)
    paths = sorted(Path(collected).glob(f"*/{name}.ipynb"))
    if not paths:
        raise ValueError(f"collected is {str(collected)!r}, it must be a folder with notebooks ID/{name}.ipynb")
    given = _handed_out(assignment)
    _write(out / "base" / f"{name}.py", given)
    found = Scripts([], [])
    for path in paths:
        id = path.parent.name
        cells, problems = _own(path, set(map(_bare, given)))
        script = out / "submissions" / id / f"{name}.py"
        if cells:
            _write(script, cells)
            found.written.append(script)
        else:
            script.unlink(missing_ok=True)
        found.notes.extend(f"{id}: {problem}" for problem in problems)
    return found


def _handed_out(assignment):
    """The sources of the code cells of the notebook that students get, plain Python."""
    whole = json.loads((assignment.folder / f"{assignment.name}.ipynb").read_text("utf8"))
    cells = building.without_solutions(whole, assignment)["cells"]
    return [notebook.plain("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]


def _own(path, given):
    """(the sources of the cells that a student wrote, sentences on what is not among them)."""
    try:
        found = notebook.read(path)
    except (notebook.Unreadable, OSError) as reason:
        return [], [str(reason)]
    own = [(n, cell) for n, cell in zip(found.numbers, found.cells, strict=True) if _bare(cell) not in given | {""}]
    problems = [f"cell {n} is no Python and is left out" for n, cell in own if not _is_python(cell)]
    cells = [cell for _, cell in own if _is_python(cell)]
    return cells, problems if own else ["there is no code of their own in it"]


def _bare(source):
    """A cell's source without the blanks that editors add or take away at ends."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _is_python(source):
    try:
        with warnings.catch_warnings(action="ignore"):  # such as of an escape that is none
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _write(path, cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, "\n\n\n".join(cells) + "\n")
