"""One column of a gradebook is filled, and nothing else in it changes."""

import csv
import io

import platform_exports as made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.assignments import sheets
from rnn_course.assignments.gradebooks import filling

MAXIMUM = "10"


def marks(folder, points, maximum=MAXIMUM):
    """A folder with the marks `{id: points}`."""
    folder.mkdir(exist_ok=True)
    rows = [
        {"id": id, "name": f"N{id}", "points": value, "maximum": maximum, "problem": ""} for id, value in points.items()
    ]
    sheets.write(folder / "marks.csv", filling.COLUMNS, rows)
    return folder


def worksheet(tmp_path, *rows, **more):
    """Rows are (number, grade, maximum) and perhaps whether the grade can be changed."""
    full = [(id, f"N{id}, x", "", grade, top, *(rest or ["Yes"]), "-") for id, grade, top, *rest in rows]
    return made.worksheet(tmp_path / "m.csv", full, **more)


def changed(before, after, encoding="utf-8-sig", delimiter=","):
    """`{(row, column): new cell}` of two CSV files, by Python's own reader."""
    old, new = (
        list(csv.reader(io.StringIO(raw.decode(encoding), newline=""), delimiter=delimiter)) for raw in (before, after)
    )
    assert [len(row) for row in old] == [len(row) for row in new]
    return {(r, c): new[r][c] for r, row in enumerate(old) for c, cell in enumerate(row) if cell != new[r][c]}


def test_moodles_grades_are_scaled_and_only_they_change(tmp_path):
    export = worksheet(tmp_path, ("012", "", "100.00"), ("7", "50.00", "100.00"), ("9", "30.00", "100.00"), end="\r\n")
    done = filling.fill(marks(tmp_path / "M", {"012": "7.5", "7": "5", "4711": "3"}), export, "Grade")
    assert changed(export.read_bytes(), done.content) == {(1, 4): "75.00"}
    assert done.content.replace(b",75.00,", b",,") == export.read_bytes()
    assert (done.platform, done.filled, done.same) == ("Moodle", 1, 1)
    assert done.notes == [
        "N4711 (4711) has a mark and is not in the gradebook",
        "N9, x (9) is not among the marks: '30.00' stays",
    ]


def test_what_moodle_will_pass_over_is_said(tmp_path):
    export = worksheet(tmp_path, ("1", "", "100.00"), ("2", "", "100.00", "No"), ("3", "", "100.00"))
    done = filling.fill(marks(tmp_path / "M", {"1": "10.5", "2": "5", "3": ""}), export, "Grade")
    assert changed(export.read_bytes(), done.content) == {(1, 4): "105.00", (2, 4): "50.00"}
    assert done.notes == [
        "N1, x (1): 105.00 is over the maximum, 100.00, and Moodle will pass over it",
        "N2, x (2): the grade is locked in Moodle, which will pass over it",
        "N3, x (3) has no mark yet: the cell stays blank",
    ]


@pytest.mark.parametrize(
    "language, column", [("de", "Bewertung"), ("zh", "成绩"), ("fr", "Note"), ("es", "Calificación")]
)
def test_a_comma_is_kept_where_the_worksheet_has_one(tmp_path, language, column):
    export = worksheet(tmp_path, ("1", "", "60,00"), ("2", "5,00", "60,00"), language=language)
    done = filling.fill(marks(tmp_path / "M", {"1": "1.234", "2": "5"}), export, column)
    assert changed(export.read_bytes(), done.content) == {(1, 4): "7,40", (2, 4): "30,00"}
    assert "comma" in done.notes[0]


def test_an_assignment_on_a_scale_and_other_columns_are_refused(tmp_path):
    export = worksheet(tmp_path, ("1", "", '"Poor, good"'))
    with pytest.raises(ValueError, match="'Grade' has no maximum grade in the column after it"):
        filling.fill(marks(tmp_path / "M", {"1": "1"}), export, "Grade")
    export = worksheet(tmp_path, ("1", "", "10.00"))
    with pytest.raises(ValueError, match="'Status' has no maximum grade"):
        filling.fill(marks(tmp_path / "M", {"1": "1"}), export, "Status")


def test_canvas_keeps_what_has_no_mark(tmp_path):
    export = made.canvas(tmp_path / "c.csv", end="\r\n")
    done = filling.fill(marks(tmp_path / "M", {"12": "9.99", "345": "", "67": "3"}), export, "HW 1 (101)")
    assert changed(export.read_bytes(), done.content, "utf8") == {(3, 5): "19.98"}
    assert done.content.replace(b",19.98,", b",,") == export.read_bytes()
    assert done.notes == [
        "Öz, Bo \"B\" (345) has no mark yet: '15.00' stays",
        "Li, 李 (67): EX stays, Canvas has excused this student",
        "Student, Test (99) is not among the marks: the cell stays blank",
    ]


def test_a_student_whom_canvas_does_not_assign_it_keeps_that(tmp_path):
    done = filling.fill(marks(tmp_path / "M", {"345": "5"}), made.canvas(tmp_path / "c.csv"), "HW 2 (102)")
    assert done.filled == 0 and "N/A stays" in done.notes[1]


@pytest.mark.parametrize(
    "column, near",
    [("HW 1", "'HW 1 (101)'$"), ("hw", "'HW 1 (101)', 'HW 2 (102)'$"), ("HW 3 (103)", "'HW 2"), ("zzz", "'HW 1")],
)
def test_a_title_that_canvas_would_make_a_new_assignment_of_is_refused(tmp_path, column, near):
    near = near.replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=f"^column is '.*', which cannot be filled in c.csv; perhaps one of: {near}"):
        filling.fill(marks(tmp_path / "M", {"12": "1"}), made.canvas(tmp_path / "c.csv"), column)


@pytest.mark.parametrize("column", ["Student", "ID", "Section", "Final Score"])
def test_what_is_not_an_assignments_in_canvas_is_refused(tmp_path, column):
    with pytest.raises(ValueError, match=column):
        filling.fill(marks(tmp_path / "M", {"12": "1"}), made.canvas(tmp_path / "c.csv"), column)


def test_a_maximum_of_nothing_is_refused(tmp_path):
    lines = [line.replace(",20,", ",0,") for line in made.CANVAS]
    with pytest.raises(ValueError, match="has the maximum '0' for 'HW 1"):
        filling.fill(marks(tmp_path / "M", {"12": "1"}), made.canvas(tmp_path / "c.csv", lines), "HW 1 (101)")


def test_two_columns_of_one_name_are_refused(tmp_path):
    lines = [line.replace("HW 2 (102)", "HW 1 (101)") for line in made.CANVAS]
    with pytest.raises(ValueError, match="has 2 columns of this name"):
        filling.fill(marks(tmp_path / "M", {"12": "1"}), made.canvas(tmp_path / "c.csv", lines), "HW 1 (101)")


def test_canvas_with_semicolons_and_commas(tmp_path):
    lines = [
        "Student;ID;SIS Login ID;Section;HW, a, b, c, d (1)",
        "    Points Possible;;;;10,00",
        "Lee, Ann;007;ann;Mo;",
    ]
    export = made.canvas(tmp_path / "c.csv", lines, "utf-8-sig")
    done = filling.fill(marks(tmp_path / "M", {"007": "7.25"}), export, "HW, a, b, c, d (1)")
    assert done.content == export.read_bytes()[:-1] + b"7,25\n"


@pytest.mark.parametrize(
    "encoding, mark", [("utf-16", ","), ("cp1252", ","), ("utf8", "\t"), ("utf8", ","), ("utf8", ";")]
)
def test_what_a_spreadsheet_has_saved_is_filled_and_said_to_be_doubtful(tmp_path, encoding, mark):
    lines = [mark.join(["Student", "ID", "SIS Login ID", "Section", "HW (1)"])]
    lines += [mark.join(["    Points Possible", "", "", "", "10"]), mark.join(["Ö", "7", "x", "Mo", ""])]
    export = made.canvas(tmp_path / "c.csv", lines, encoding)
    done = filling.fill(marks(tmp_path / "M", {"7": "4"}), export, "HW (1)")
    assert changed(export.read_bytes(), done.content, encoding, mark) == {(2, 4): "4.00"}
    doubtful = [note for note in done.notes if "Canvas may not read it" in note]
    assert len(doubtful) == (encoding != "utf8" or mark == "\t")


def test_a_mark_that_somebody_should_look_at_is_told(tmp_path):
    (tmp_path / "r.csv").write_text("id,name,score\n7,A,\n")
    folder = marks(tmp_path / "M", {"7": "3"})
    (row,) = sheets.read(folder / "marks.csv")
    sheets.write(folder / "marks.csv", list(row), [row | {"problem": "late by an unknown time"}])
    assert "A (7) has a mark, and: late by an unknown time" in filling.fill(folder, tmp_path / "r.csv", "score").notes


def test_zeros_that_a_spreadsheet_took_from_an_id_lose_no_mark(tmp_path):
    (tmp_path / "r.csv").write_text("id,name,score\n007,A,\n12,B,\n")
    done = filling.fill(marks(tmp_path / "M", {"7": "3", "12": "1"}), tmp_path / "r.csv", "score")
    assert done.content == b"id,name,score\n007,A,3.00\n12,B,1.00\n"


def test_a_plain_list_is_filled_without_scaling(tmp_path):
    (tmp_path / "r.csv").write_bytes('id;name;score\n007;"Müller; A";\n7;B;x\n'.encode("cp1252"))
    done = filling.fill(marks(tmp_path / "M", {"007": "8.125", "7": "1"}), tmp_path / "r.csv", "score")
    assert done.content == 'id;name;score\n007;"Müller; A";8.13\n7;B;1.00\n'.encode("cp1252")
    assert done.notes[0] == "The gradebook names no maximum, so the points were not scaled."
    assert done.notes[1] == "B (7): 'x' was written over with 1.00"
    with pytest.raises(ValueError, match="column is 'id'"):
        filling.fill(tmp_path / "M", tmp_path / "r.csv", "id")


@pytest.mark.parametrize(
    "row, sentence",
    [
        ({"points": "x"}, "points is 'x' in row 2 of marks.csv, it must be blank or a number from 0 on"),
        ({"points": "-1"}, "points is '-1'"),
        ({"points": "nan"}, "points is 'nan'"),
        ({"points": "1e3"}, "points is '1e3'"),
        ({"maximum": ""}, "maximum is '' in row 2 of marks.csv, it must be above 0"),
        ({"maximum": "0"}, "maximum is '0'"),
    ],
)
def test_a_mark_that_is_no_number_is_refused(tmp_path, row, sentence):
    row = {"id": "1", "name": "", "points": "1", "maximum": "1", "problem": ""} | row
    sheets.write(tmp_path / "marks.csv", filling.COLUMNS, [row])
    with pytest.raises(ValueError, match=sentence):
        filling.read_marks(tmp_path / "marks.csv")


def test_an_id_with_two_marks_is_refused(tmp_path):
    row = {"id": "1", "name": "", "points": "1", "maximum": "1", "problem": ""}
    sheets.write(tmp_path / "marks.csv", filling.COLUMNS, [row, row])
    with pytest.raises(ValueError, match="has the id '1' in two rows"):
        filling.read_marks(tmp_path / "marks.csv")


NAME = st.text(st.sampled_from("aÄ,;\"' _=\n李"), max_size=6)


@given(
    people=st.dictionaries(
        st.from_regex(r"[0-9]{1,5}", fullmatch=True),
        st.tuples(NAME, st.sampled_from(["", "3.00", "12.50"]), st.none() | st.integers(0, 40)),
        min_size=1,
        max_size=6,
    ),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=40, deadline=None)  # files are brought to the disk
def test_each_mark_goes_to_its_own_row_and_all_else_stays(tmp_path_factory, people, end):
    folder = tmp_path_factory.mktemp("fill")
    rows = [(id, name, "", old, "20.00", "Yes", "-") for id, (name, old, _) in people.items()]
    export = made.worksheet(folder / "m.csv", rows, end=end)
    quarters = {id: str(points / 4) for id, (_, _, points) in people.items() if points is not None}
    done = filling.fill(marks(folder / "M", dict(reversed(quarters.items()))), export, "Grade")
    expected = {
        (at, 4): f"{points / 2:.2f}"
        for at, (_, old, points) in enumerate(people.values(), 1)
        if points is not None and f"{points / 2:.2f}" != old
    }
    assert changed(export.read_bytes(), done.content) == expected
    assert done.filled == len(expected)
