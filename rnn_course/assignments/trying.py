"""A student's own look at their notebook: what will be read of it, what runs, and what the visible checks say."""

import itertools
import json
from pathlib import Path

from rnn_course.assignments import box, isolation, notebook, running, visible
from rnn_course.assignments.building import FACTS
from rnn_course.exercises.shown import Told

NO_WALLS = (
    "Your notebook runs here without walls, with all that is installed: what is marked has Python and these alone: {}."
)
NO_MARKS = "None of this is a mark: other cases are marked, and answers to questions are read by a person."


def look(path, isolate, folder):
    """Yield sentences on a student's notebook, beside which the folder `checks` lies as it was handed out.

    Arguments
        path      of the notebook
        isolate   "auto" or an engine, as `--isolation` has it
        folder    an empty one, for the code that goes into the box

    Raises ValueError where the file is no notebook or `checks` is not there, Unsafe where a named engine does not hold.
    """
    path = Path(path)
    found, facts, tasks = notebook.read(path), *_handed_out(path.parent / "checks")
    yield f"{facts['title']}. Cells of code that are run: {len(found.cells)}."
    packages = box.packages(facts["packages"])
    engine = _engine(isolate, packages)
    if engine == "limits":
        yield NO_WALLS.format(", ".join(facts["packages"]))
    contents = box.filled(folder, packages, path.parent, facts["data"])
    calls = [_calls(name, task) for name, task in tasks.items()]
    ran = running.run(found.cells, list(itertools.chain(*calls)), engine, contents, box.Limits(**facts["limits"]))
    for k, error in sorted(ran.errors.items()):
        yield f"Cell {found.numbers[k]} did not run to its end: {error['error']}"
    for (name, task), answers in zip(tasks.items(), running.by_function(ran.answers, calls), strict=True):
        yield f"{name}: {_told(name, task, answers)}"
    for question in facts["questions"]:
        answer = notebook.added(found.answers.get(question["name"], ""), question["cell"])
        there = "There is an answer." if answer else "There is no answer yet."
        yield f"{question['title']} {there}"
    yield NO_MARKS


def _handed_out(checks):
    """(facts, `{name: task}`) of the folder `checks`."""
    try:
        return json.loads((checks / FACTS).read_bytes()), visible.read(checks / visible.ARRAYS)
    except FileNotFoundError:
        raise ValueError(f"{str(checks)!r} is not there as it was handed out: unpack the zip once more") from None


def _engine(isolate, packages):
    """An engine with walls, so that what is missing there is missing here; without one, none: the code is yours."""
    try:
        return isolation.choose(isolate, packages)
    except isolation.Unsafe:
        if isolate != "auto":
            raise
        return "limits"


def _calls(name, task):
    return [running.Call(name, case or None, tuple(task["returns"]), task["keyed"]) for case in task["given"]]


def _told(name, task, answers):
    """What is told of the answers of one task, a `Told`."""
    for answer in answers:
        if answer.get("absent"):
            return Told(False, "Your notebook defines it nowhere.")
        if said := running.failure(name, answer):
            return Told(False, said)
    return visible.judged(task, [answer["results"] for answer in answers])
