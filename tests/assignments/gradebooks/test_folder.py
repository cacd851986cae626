"""A plain folder of notebooks, by id."""

import platform_exports as made
import pytest

from rnn_course.assignments.gradebooks import export, folder
from rnn_course.assignments.gradebooks.archive import Archive

ROSTER = dict.fromkeys(["007", "ann"])


@pytest.mark.parametrize(
    "path, id",
    [
        ("007.ipynb", "007"),
        ("S/007.ipynb", "007"),
        ("007/hw1.ipynb", "007"),
        ("S/ann/hw1.ipynb", "ann"),
        ("ann/other.ipynb", "ann"),
        ("ann/sub/other.ipynb", "ann"),
        ("007.pdf", "007"),
        ("bo.ipynb", "bo"),
        ("bo/hw1.ipynb", "bo"),
        ("hw1.ipynb", None),
        ("readme.txt", None),
        ("S/7.ipynb", "7"),
    ],
)
def test_whose_a_file_is(tmp_path, path, id):
    with Archive(made.zipped(tmp_path / "z.zip", {path: b""})) as opened:
        found, notes = folder.submissions(opened, ROSTER, "hw1")
    assert [one.id for one in found] == ([] if id is None else [id])
    assert len(notes) == (id is None)


def test_a_list_needs_ids_and_no_names(tmp_path):
    (tmp_path / "r.csv").write_text("group,Student_ID\nx,007\n")
    (student,) = folder.students(export.read(tmp_path / "r.csv"))
    assert (student.id, student.name) == ("007", "")
