"""What a person wrote stays, is given to whom it was meant for, and is refused where it cannot be."""

from pathlib import Path

import pytest

from rnn_course.assignments import by_hand, sheets, specification
from rnn_course.assignments.by_hand import MANUAL, MANUAL_COLUMNS, OVERRIDE_COLUMNS, OVERRIDES, Given

ASSIGNMENT = specification.load("means", Path(__file__).parent / "examples")
PEOPLE = {"007": ("Öz, A", {"why": "=1+1"}), "12": ('B "C"', {"why": ""})}


def merge(folder, people=PEOPLE, ids=("007", "12")):
    return by_hand.merge(folder, ASSIGNMENT, people, ids)


def written(folder, **changes):
    """The table with changes to the first row, as a person saves it."""
    first, *others = sheets.read(folder / MANUAL)
    blank = dict.fromkeys(changes, "")
    sheets.write(folder / MANUAL, list(first | changes), [first | changes, *(blank | row for row in others)])


def test_the_table_is_made_and_a_question_without_an_answer_gets_nothing(tmp_path):
    given, notes = merge(tmp_path)
    assert given == {("007", "why"): Given(None), ("12", "why"): Given(0.0)} and not notes
    first, second = sheets.read(tmp_path / MANUAL, MANUAL_COLUMNS)
    assert first["id"] == "007" and first["answer"] == "=1+1" and first["note"] == ""
    assert first["rubric"].splitlines()[1] == "1: names the axis"
    assert second["note"] == by_hand.BLANK and second["name"] == 'B "C"'
    assert b"'=1+1" in (tmp_path / MANUAL).read_bytes()


def test_points_comments_and_columns_of_ones_own_stay(tmp_path):
    merge(tmp_path)
    written(tmp_path, points="1,5", comment="Nearly.", mine="!")
    before = (tmp_path / MANUAL).read_bytes()
    given, notes = merge(tmp_path)
    assert given["007", "why"] == Given(1.5, "Nearly.") and not notes
    assert (tmp_path / MANUAL).read_bytes() == before
    given, _ = merge(tmp_path, {"3": ("New", {"why": "x"}), **PEOPLE})
    assert given["007", "why"].points == 1.5 and given["3", "why"].points is None
    assert [row["id"] for row in sheets.read(tmp_path / MANUAL)] == ["3", "007", "12"]


def test_an_answer_that_changes_after_it_was_marked_is_told_until_somebody_has_looked(tmp_path):
    merge(tmp_path)
    written(tmp_path, points="2")
    new = {**PEOPLE, "007": ("Öz, A", {"why": "another"})}
    for _ in range(2):
        given, notes = merge(tmp_path, new)
        assert given["007", "why"].points == 2 and "was changed after it was marked" in notes[0]
    written(tmp_path, note="")
    assert not merge(tmp_path, new)[1]


def test_zeros_that_a_spreadsheet_took_away_are_known(tmp_path):
    merge(tmp_path)
    written(tmp_path, id="7", points="2")
    assert merge(tmp_path)[0]["007", "why"].points == 2
    assert [row["id"] for row in sheets.read(tmp_path / MANUAL)] == ["007", "12"]
    sheets.write(
        tmp_path / OVERRIDES, OVERRIDE_COLUMNS, [dict(zip(OVERRIDE_COLUMNS, ("7", "why", "1", ""), strict=True))]
    )
    assert ("007", "why") in by_hand.overrides(tmp_path, ASSIGNMENT, PEOPLE)
    assert ("7", "why") in by_hand.overrides(tmp_path, ASSIGNMENT, {"7", "007"})  # its own, not another's
    with pytest.raises(ValueError, match="has the id '7' in row 2"):
        by_hand.overrides(tmp_path, ASSIGNMENT, {"07", "007"})


def test_an_id_that_is_somebodys_own_is_nobody_elses(tmp_path):
    merge(tmp_path)
    written(tmp_path, points="2")
    given, notes = merge(tmp_path, {"7": PEOPLE["007"]}, ["7", "007", "12"])  # nothing of 007 was read this time
    assert given["7", "why"].points is None and "'007' for 'why'" in notes[0]


def test_points_of_somebody_who_is_gone_are_kept_and_told(tmp_path):
    merge(tmp_path)
    written(tmp_path, points="2")
    _, notes = merge(tmp_path, {"12": PEOPLE["12"]})
    assert notes == ["manual.csv has points of '007' for 'why', and there is no such answer"]
    assert merge(tmp_path)[0]["007", "why"].points == 2


@pytest.mark.parametrize("points", ["three", "-1", "2.5", "1/2", "nan"])
def test_points_that_a_question_cannot_have_are_refused(tmp_path, points):
    merge(tmp_path)
    written(tmp_path, points=points)
    with pytest.raises(ValueError, match=f"points are '{points}' for '007', 'why' in manual.csv, .* from 0 to 2"):
        merge(tmp_path)


def test_a_row_that_is_there_twice_is_refused(tmp_path):
    merge(tmp_path)
    rows = sheets.read(tmp_path / MANUAL)
    sheets.write(tmp_path / MANUAL, MANUAL_COLUMNS, [*rows, rows[0]])
    with pytest.raises(ValueError, match="'why' of '007' in two rows"):
        merge(tmp_path)


def test_overrides_are_made_and_read(tmp_path):
    assert by_hand.overrides(tmp_path, ASSIGNMENT, PEOPLE) == {}
    assert sheets.read(tmp_path / OVERRIDES, OVERRIDE_COLUMNS) == []
    rows = [("12", "total", "7.5", "oral"), ("007", "means", "4", "")]
    sheets.write(
        tmp_path / OVERRIDES, OVERRIDE_COLUMNS, [dict(zip(OVERRIDE_COLUMNS, row, strict=True)) for row in rows]
    )
    found = by_hand.overrides(tmp_path, ASSIGNMENT, PEOPLE)
    assert found == {("12", "total"): Given(7.5, "oral"), ("007", "means"): Given(4.0)}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("9", "means", "1", ""), "has the id '9' in row 2, and nobody was collected"),
        (("12", "mean", "1", ""), "must be one of means, without_mean, why, total"),
        (("12", "means", "5", ""), "must be a number from 0 to 4"),
        (("12", "total", "13", ""), "must be a number from 0 to 12"),
        (("12", "means", "", "why"), "has no points in row 2"),
    ],
)
def test_overrides_that_cannot_be_are_refused(tmp_path, row, sentence):
    sheets.write(tmp_path / OVERRIDES, OVERRIDE_COLUMNS, [dict(zip(OVERRIDE_COLUMNS, row, strict=True))])
    with pytest.raises(ValueError, match=sentence):
        by_hand.overrides(tmp_path, ASSIGNMENT, PEOPLE)


def test_a_long_answer_is_cut_in_the_table_and_is_not_taken_for_another_one(tmp_path):
    people = {"1": ("A", {"why": "word " * 3000})}
    merge(tmp_path, people)
    written(tmp_path, points="1")
    assert not merge(tmp_path, people)[1]
    assert len(sheets.read(tmp_path / MANUAL)[0]["answer"]) < by_hand.ANSWER + 10
