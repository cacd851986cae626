"""A class is marked on all cores, once; what changes is marked again, and nothing else."""

import os
import shutil

import pytest
from boxes import contents
from marked_class import small_class

from rnn_course.assignments import marking, sheets, specification, whole_class
from rnn_course.assignments.gradebooks.collecting import COLUMNS
from rnn_course.assignments.gradebooks.filling import read_marks

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
SECRET = b"sixteen or more bytes"


@pytest.fixture
def class_(tmp_path):
    """A private assignment and three submissions: right, a mistake, and no notebook; a fourth handed nothing in."""
    return small_class(tmp_path)


def mark(place, jobs=3, secret=SECRET):
    assignment = specification.load("means", place)
    return whole_class.mark(assignment, place / "S", secret, "limits", contents(place / "code"), place / "M", jobs)


def test_everybody_gets_what_they_earned_a_report_and_a_row(class_):
    done = mark(class_)
    assert (done.marked, done.kept, done.failed) == (3, 0, [])
    rows = {row["id"]: row for row in sheets.read(class_ / "M" / "marks.csv")}
    assert list(rows) == ["007", "7", "x", "none"]
    assert rows["007"]["points"] == "" and rows["007"]["problem"] == "not marked yet: why"
    assert rows["x"]["points"] == rows["none"]["points"] == ""
    assert "cannot be read and has no mark until you give one" in rows["x"]["problem"]
    assert (rows["7"]["means"], rows["7"]["without_mean"], rows["7"]["why"]) == ("2", "6", "")
    assert {path.name for path in (class_ / "M").glob("*.html")} == {"007.html", "7.html", "x.html", "summary.html"}
    table = sheets.read(class_ / "M" / "manual.csv")
    sheets.write(class_ / "M" / "manual.csv", list(table[0]), [row | {"points": "2"} for row in table])
    done = mark(class_)
    assert (done.marked, done.kept) == (0, 3)
    marks = read_marks(class_ / "M" / "marks.csv")
    assert marks["007"].points == 12 and marks["7"].points == pytest.approx(0.75 * 10)
    assert [said.partition(":")[0] for said in whole_class.todo(done.standings)] == ["N x (x)", "none"]


def test_a_change_marks_again_what_it_changes(class_, monkeypatch):
    mark(class_)
    seen = []
    monkeypatch.setattr(marking, "mark", lambda assignment, student, *rest: seen.append(student) or kept)
    kept = marking.Report(
        [marking.Part(n, 0.0, p, "wrong", "") for n, p in (("means", 4), ("without_mean", 6))], [], [], {"why": ""}
    )
    mark(class_)
    assert seen == []
    (class_ / "S" / "7" / "means.ipynb").write_text("changed")
    mark(class_)
    assert seen == ["7"]
    (class_ / "M" / "x.json").unlink()
    mark(class_)
    assert seen == ["7", "x"]
    mark(class_, secret=b"another secret of a class")
    assert sorted(seen[2:]) == ["007", "7", "x"]


def test_where_the_marker_fails_the_others_are_marked_and_it_is_tried_again(class_, monkeypatch):
    mark(class_)
    right, page = marking.mark, class_ / "M" / "7.html"
    assert page.exists()
    for path in (class_ / "M").glob("*.json"):
        path.unlink()

    def fails(assignment, student, *rest):
        if student == "7":
            raise ZeroDivisionError("of the specification")
        return right(assignment, student, *rest)

    monkeypatch.setattr(marking, "mark", fails)
    done = mark(class_)
    assert done.failed == ["7"] and done.marked == 2
    row = sheets.read(class_ / "M" / "marks.csv")[1]
    assert row["points"] == "" and row["problem"] == "the marker failed on it, ZeroDivisionError: of the specification"
    assert not page.exists()  # it was of an earlier round
    monkeypatch.setattr(marking, "mark", right)
    done = mark(class_)
    assert (done.marked, done.kept, done.failed) == (1, 2, [])


def test_ctrl_c_keeps_what_is_marked(class_, monkeypatch):
    right = marking.mark

    def interrupted(assignment, student, *rest):
        if student == where:
            raise KeyboardInterrupt
        return right(assignment, student, *rest)

    monkeypatch.setattr(marking, "mark", interrupted)
    for where, kept in (("007", ()), ("x", ("007", "7"))):
        with pytest.raises(KeyboardInterrupt):
            mark(class_, jobs=1)
        found = {path.stem for path in (class_ / "M").glob("*.json")}
        assert found == set(kept) or (where == "007" and len(found) == 1)  # one more may have begun
    monkeypatch.setattr(marking, "mark", right)
    assert mark(class_).kept == 2


def test_zeros_that_a_spreadsheet_took_from_an_id_lose_no_notebook(class_):
    rows = [row for row in sheets.read(class_ / "S" / "collected.csv") if row["id"] != "7"]
    shutil.rmtree(class_ / "S" / "7")
    sheets.write(class_ / "S" / "collected.csv", COLUMNS, [row | {"id": row["id"].lstrip("0")} for row in rows])
    assert [one.id for one in mark(class_).standings] == ["007", "x", "none"]


@pytest.mark.parametrize(("id", "sentence"), [("../x", "may not have '/'"), ("7", "has '7' in two rows")])
def test_a_table_with_ids_that_cannot_be_is_refused(class_, id, sentence):
    rows = sheets.read(class_ / "S" / "collected.csv")
    sheets.write(class_ / "S" / "collected.csv", COLUMNS, [*rows, rows[0] | {"id": id}])
    with pytest.raises(ValueError, match=sentence):
        mark(class_)
    (class_ / "S" / "collected.csv").unlink()
    with pytest.raises(ValueError, match=r"has no collected.csv: collect the submissions"):
        mark(class_)
