"""nbgrader's folders, times and lists."""

import platform_exports as made
import pytest

from rnn_course.assignments.gradebooks import export, nbgrader
from rnn_course.assignments.gradebooks.archive import Archive
from rnn_course.assignments.gradebooks.roster import Student

GRADES = (
    "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score\n"
    "ps1,2015-02-02 17:00:00,,bitdiddle,Bitdiddle,Ben,,0.0,0.0,0.0,9.0\n"
    "ps1,2015-02-02 17:00:00,,007,Hacker,,,0.0,0.0,0.0,9.0\n"
    "ps2,,,bitdiddle,Bitdiddle,Ben,,0.0,0.0,0.0,9.0\n"
)


def test_the_grades_of_one_assignment_are_a_roster(tmp_path):
    (tmp_path / "g.csv").write_text(GRADES)
    read = export.read(tmp_path / "g.csv")
    assert [(s.id, s.name, s.row, s.due) for s in nbgrader.students(read, "ps1")] == [
        ("bitdiddle", "Bitdiddle, Ben", 1, "2015-02-02 17:00:00"),
        ("007", "Hacker", 2, "2015-02-02 17:00:00"),
    ]
    with pytest.raises(ValueError, match="has no row of 'ps3', its assignments are ps1, ps2"):
        nbgrader.students(read, "ps3")


def test_a_list_of_students_is_a_roster(tmp_path):
    (tmp_path / "s.csv").write_text("id,first_name,last_name,email\n007,Ann,Lee,a@b.example\n")
    (student,) = nbgrader.students(export.read(tmp_path / "s.csv"), "ps1")
    assert (student.id, student.name) == ("007", "Lee, Ann")


@pytest.mark.parametrize("top", ["", "submitted/", "course/submitted/"])
def test_whose_a_file_is_and_when_it_came(tmp_path, top):
    contents = {
        f"{top}bitdiddle/ps1/timestamp.txt": "2015-02-02 19:30:00 UTC\n",
        f"{top}bitdiddle/ps1/problem1.ipynb": b"",
        f"{top}007/ps1/sub/problem1.ipynb": b"",
        f"{top}007/ps2/problem1.ipynb": b"",
        f"{top}README.txt": b"",
    }
    due = "2015-02-02 17:00:00"
    roster = {"bitdiddle": Student("bitdiddle", "", 1, due=due), "007": Student("007", "", 2, due=due)}
    with Archive(made.zipped(tmp_path / "z.zip", contents)) as opened:
        found, notes = nbgrader.submissions(opened, roster, "ps1")
    assert [(one.id, one.filename, one.submitted, one.late_hours) for one in found] == [
        ("bitdiddle", "problem1.ipynb", "2015-02-02T19:30:00+00:00", "2.50"),
        ("007", "problem1.ipynb", "", ""),
    ]
    assert notes == [
        f"{top}README.txt is nobody's: its path names no student",
        "files of another assignment, ps2, were passed over: 1",
    ]


@pytest.mark.parametrize(
    "text, iso",
    [
        ("2015-02-02 15:58:23.948203 America/Los_Angeles", "2015-02-02T15:58:23.948203-08:00"),
        ("2024-06-03 14:15:00.000001 UTC", "2024-06-03T14:15:00.000001+00:00"),
        ("2024-06-03T14:15:00 +0530", "2024-06-03T14:15:00+05:30"),
        ("2024-06-03 14:15:00 Nowhere/At_All", "2024-06-03T14:15:00"),
        ("2024-06-33 14:15:00", ""),
        ("yesterday", ""),
    ],
)
def test_times(text, iso):
    assert nbgrader.iso(text) == iso


def test_who_is_early_is_not_late():
    assert nbgrader.late_hours("2024-06-03T14:15:00+02:00", "2024-06-03T12:15:00") == ""
    assert nbgrader.late_hours("2024-06-03T14:15:01+02:00", "2024-06-03T11:15:01") == "1.00"
    assert nbgrader.late_hours("", "2024-06-03T11:15:01") == ""
