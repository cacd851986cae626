"""The check that goes with an assignment: arrays that are wanted, arrays that mistakes give, and no solution's code.

It stands on NumPy alone: `build` puts it into the student's folder as `checks`, so that it works under any Jupyter.
"""

import json
from pathlib import Path

import numpy as np

from rnn_course.assignments import frames
from rnn_course.assignments.rating import rate
from rnn_course.exercises.calling import call
from rnn_course.exercises.comparison import agree, difference
from rnn_course.exercises.returned import Unusable
from rnn_course.exercises.shown import Told

ARRAYS = "checks.npz"


def write(path, tasks):
    """Write what the checks need into an npz file: `{name: task}`, a task as `building.shipped` returns it."""
    arrays = []
    tree = json.dumps(frames.packed(tasks, arrays)).encode("ascii")
    named = {f"array{k}": array for k, array in enumerate(arrays)}
    np.savez_compressed(path, tree=np.frombuffer(tree, np.uint8), **named)


def read(path):
    """`{name: task}` of a file of `write`, where a task is a dict of what `building.shipped` names."""
    with np.load(path, allow_pickle=False) as file:
        arrays = [file[f"array{k}"] for k in range(len(file.files) - 1)]
        return frames.unpacked(json.loads(file["tree"].tobytes()), arrays)


def check(name, answer, folder=Path(__file__).parent):
    """Try a function, or a value, on the cases that everybody sees; return a `Told`.

    Other cases are marked, so that a right answer here is a good sign and no mark. Raises ValueError for a name that
    the assignment does not have.
    """
    tasks = read(Path(folder) / ARRAYS)
    if name not in tasks:
        raise ValueError(f"name is {name!r}, it must be one of {', '.join(map(repr, tasks))}")
    task = tasks[name]
    given, returns = task["given"], tuple(task["returns"])
    try:
        ran = [call(answer, case, returns, task["keyed"]) for case in given]
    except Unusable as reason:
        advice = [sentence for part, sentence in task["advice"].items() if part in str(reason)]
        return Told(False, " ".join([str(reason), *advice]))
    with np.errstate(all="ignore"):
        return judged(task, [parts for parts, _ in ran])


def judged(task, results):
    """What is told of the results of a task as `read` returns it, `{name: array}` for each case: a `Told`."""
    if task["ladder"]:
        share, message = rate(results, task["wanted"], task["given"], **task["ladder"])
        return Told(share == 1, message)
    if _all_agree(results, task["wanted"], task["tolerance"]):
        return Told(True, f"Equal to what is wanted in the {len(results)} cases that are shown.")
    for sentence, made in task["mistakes"].items():
        if _all_agree(results, made, None):
            return Told(False, sentence)
    return Told(False, difference(results, task["wanted"], task["given"]))


def _all_agree(results, wanted, tolerance):
    return all(agree(got, want, tolerance) for got, want in zip(results, wanted, strict=True))
