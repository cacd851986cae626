"""A class of a few submissions to the assignment `means` of the tests, collected and to be marked."""

import json
import shutil
from pathlib import Path

from rnn_course.assignments import sheets
from rnn_course.assignments.gradebooks.collecting import COLUMNS

MEANS = "def means(x):\n    return x.mean(axis=0)"
REST = "def without_mean(x, W):\n    rest = x - x.mean(axis=0)\n    return rest, rest @ W"


def small_class(place):
    """Four submissions, right, a mistake, no notebook and none at all, in `place`, which it returns."""
    place.mkdir(exist_ok=True)
    shutil.copytree(Path(__file__).parent / "assignments" / "examples" / "means", place / "means")
    answer = {"cell_type": "markdown", "source": "So.", "metadata": {"tags": ["manual"], "question": "why"}}
    for id, code in {"007": MEANS, "7": MEANS.replace("0", "1"), "x": None, "none": ""}.items():
        (place / "S" / id).mkdir(parents=True)
        cells = [{"cell_type": "code", "source": source} for source in (code, REST)] + [answer]
        text = json.dumps({"cells": cells}) if code else "no JSON"
        if code != "":
            (place / "S" / id / "means.ipynb").write_text(text)
    late = {"7": "3"}
    rows = [
        dict.fromkeys(COLUMNS, "") | {"id": id, "name": f"N {id}", "late_hours": late.get(id, "")}
        for id in ("007", "7", "x")
    ]
    rows.append(dict.fromkeys(COLUMNS, "") | {"id": "none", "problem": "nothing was submitted"})
    sheets.write(place / "S" / "collected.csv", COLUMNS, rows)
    return place
