"""The guide's pictures: a made class is marked, and what people see of it is taken; `make picture` puts it there."""

import json
import os

import proving
import pytest
from boxes import contents
from test_notebooks_browser import put_into_the_book, screenshot

from rnn_course.assignments import sheets, whole_class
from rnn_course.assignments.gradebooks.collecting import COLUMNS

pytestmark = [pytest.mark.browser, pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")]
NAME, STUDENT = "lstm_variant", "1040"
HALF = """

def sequence(x, h_0, C_0, W):
    states, h = [], h_0
    for t in range(x.shape[1]):
        h, C = step(x[:, t], h, C_0, W)
        states.append(h)
    return np.stack(states, axis=1), C
"""
ANSWER = "The input scales the rows of W_hm, so it decides how each unit of the old state is read."
COMMENT = "Right so far. Say too what the sum of an LSTM can do instead."


@pytest.fixture(scope="module")
def assignment():
    return proving.load(NAME)


def solution(assignment, task):
    """The source of the cell that solves a task."""
    cells = json.loads((assignment.folder / f"{NAME}.ipynb").read_text("utf8"))["cells"]
    return next(source for cell in cells if (source := "".join(cell["source"])).startswith(f"def {task}("))


@pytest.fixture(scope="module")
def marks(assignment, tmp_path_factory):
    """The folder of marks of a class of forty: the last one is late, and all questions are marked."""
    place, ways = tmp_path_factory.mktemp("class"), proving.ANSWERS / NAME
    answers = [path.read_text("utf8") for kind in ("right", "wrong") for path in sorted((ways / kind).glob("*.py"))]
    answers = [*[*answers, *answers[:4]][:39], solution(assignment, "step") + HALF]
    ids = [str(1041 - len(answers) + k) for k in range(len(answers))]
    rows = [dict.fromkeys(COLUMNS, "") | {"id": id, "name": f"Student {id}"} for id in ids]
    rows[-1] |= {"name": "Li Wei", "late_hours": "26"}
    for id, code in zip(ids, answers, strict=True):
        hand_in(assignment, code, place / "S" / id / f"{NAME}.ipynb")
    sheets.write(place / "S" / "collected.csv", COLUMNS, rows)
    mark(assignment, place)
    table = [row | {"points": "2.5", "comment": COMMENT} for row in sheets.read(place / "M" / "manual.csv")]
    sheets.write(place / "M" / "manual.csv", list(table[0]), table)
    mark(assignment, place)
    return place / "M"


def hand_in(assignment, code, path):
    path.parent.mkdir(parents=True)
    made = json.loads(proving.submission(assignment, code, path).read_text("utf8"))
    *stubs, answer = made["cells"]
    made["cells"] = [cell for cell in stubs if "solution" not in cell["metadata"].get("tags", ())] + [answer]
    for cell in made["cells"]:
        if "manual" in cell["metadata"].get("tags", ()):
            cell["source"] = ANSWER
    path.write_text(json.dumps(made), "utf8")


def mark(assignment, place):
    boxed = contents(place / "code")
    whole_class.mark(assignment, place / "S", proving.SECRET, "limits", boxed, place / "M", 2)  # the answers are ours


def test_picture_of_a_report(marks, page):
    page.set_viewport_size({"width": 860, "height": 400})
    page.goto((marks / f"{STUDENT}.html").as_uri())
    for words in ("Handed in 26 hours late", "6 of 6", "Right.", "Not yet.", COMMENT):
        assert page.get_by_text(words).first.is_visible()
    screenshot(page, "assignment_report", full_page=True)
    put_into_the_book("assignment_report")


def test_picture_of_the_class(marks, page):
    page.set_viewport_size({"width": 860, "height": 400})
    page.goto((marks / "summary.html").as_uri())
    assert page.get_by_text("Notebooks: 40 of 40. Marked to the end: 40.").is_visible()
    end = page.get_by_role("heading", name="sequence").bounding_box()["y"]
    screenshot(page, "assignment_class", full_page=True, clip={"x": 0, "y": 0, "width": 860, "height": end - 8})
    put_into_the_book("assignment_class")
