"""Canvas's gradebook, its zip, and what it takes back."""

import re

import platform_exports as made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.assignments.gradebooks import canvas, export
from rnn_course.assignments.gradebooks.archive import Archive
from rnn_course.assignments.gradebooks.roster import Student


def read(tmp_path, lines=made.CANVAS, **more):
    return export.read(made.canvas(tmp_path / "c.csv", lines, **more))


def test_a_gradebook_is_read_and_its_other_rows_are_no_students(tmp_path):
    found = canvas.students(read(tmp_path))
    assert [(student.id, student.name, student.row) for student in found] == [
        ("12", "Müller, Ann", 3),
        ("345", 'Öz, Bo "B"', 4),
        ("67", "Li, 李", 5),
        ("99", "Student, Test", 6),
    ]


def test_two_columns_of_names_are_one_name(tmp_path):
    lines = ["LastName,FirstName,ID,SIS Login ID,Section,HW (1)", "Points Possible,,,,,10", "Müller,Ann,12,a,Mo,"]
    (student,) = canvas.students(read(tmp_path, lines))
    assert (student.id, student.name) == ("12", "Müller, Ann")


def test_columns_and_their_points(tmp_path):
    book = read(tmp_path)
    assert canvas.columns(book) == ["HW 1 (101)", "HW 2 (102)"]
    assert canvas.maxima(book, 5) == {3: "20", 4: "20", 5: "20", 6: "20"}
    with pytest.raises(ValueError, match="'Final Score' is read only in Canvas"):
        canvas.maxima(book, 7)
    with pytest.raises(ValueError, match="names no Points Possible for 'HW 1"):
        canvas.maxima(read(tmp_path, [line for line in made.CANVAS if "Points" not in line]), 5)


@pytest.mark.parametrize("header", ["Student,Name", "ID,Student,Section", "Student,ID,Name"])
def test_another_list_is_refused(tmp_path, header):
    with pytest.raises(ValueError, match="a gradebook from Canvas begins with Student and ID"):
        canvas.students(read(tmp_path, [header]))


ROSTER = {
    student.id: student
    for student in (
        Student("12", "Müller, Ann", 1),
        Student("77", "Doe, x_5_y", 2),
        Student("5", "Eve", 3),
        Student("88", "Mallory, m_12", 4),
        Student("9", "1984", 5),
    )
}


@pytest.mark.parametrize(
    "name, id, filename, late",
    [
        ("müllerann_12_3456_hw.ipynb", "12", "hw.ipynb", ""),
        ("müllerann_LATE_12_3456_hw.ipynb", "12", "hw.ipynb", "?"),
        ("müllerann_12_3456_hw_1_2.ipynb", "12", "hw_1_2.ipynb", ""),
        ("müllerann_12_3456_77_8_hw.ipynb", "12", "77_8_hw.ipynb", ""),
        ("mallorym_12_88_3456_hw.ipynb", "88", "hw.ipynb", ""),  # a name that ends like the id of another
        ("1984_9_3456_hw.ipynb", "9", "hw.ipynb", ""),
        ("group1_12_3456_hw.ipynb", "12", "hw.ipynb", ""),
        ("team_41_12_3456_hw.ipynb", "12", "hw.ipynb", ""),
        ("doex5y_77_3456_hw.ipynb", "77", "hw.ipynb", ""),
        ("nobody_4711_3456_hw.ipynb", "4711", "hw.ipynb", ""),
        ("anon_a1B2c_3456_hw.ipynb", "anon_a1B2c", "hw.ipynb", ""),
        ("LATE_anon_a1B2c_3456_hw.ipynb", "anon_a1B2c", "hw.ipynb", "?"),
    ],
)
def test_whose_a_file_is(tmp_path, name, id, filename, late):
    with Archive(made.zipped(tmp_path / "z.zip", {name: b""})) as opened:
        (handed,), notes = canvas.submissions(opened, ROSTER, "hw")
    assert (handed.id, handed.filename, handed.late_hours, notes) == (id, filename, late, [])


@pytest.mark.parametrize(
    "name, written",
    [("Doe, x_5_y", "doex5y"), ("O'Hara-Ünal, A. B", "oharaünalab"), ("李, 四", "李四"), ("a_b", "a_b")],
)
def test_a_name_as_canvas_writes_it(name, written):
    assert canvas.in_file_names(name) == written


def test_a_file_uploaded_later_is_the_later(tmp_path):
    names = ["a_12_90_hw-2.ipynb", "a_12_100_hw.ipynb", "a_12_90_hw-10.ipynb", "a_12_90_hw.ipynb"]
    with Archive(made.zipped(tmp_path / "z.zip", dict.fromkeys(names, b""))) as opened:
        found, _ = canvas.submissions(opened, ROSTER, "hw")
    assert [one.entry.path for one in sorted(found, key=lambda one: one.order)] == [names[k] for k in (3, 0, 2, 1)]


def test_what_is_nobodys_is_named(tmp_path):
    with Archive(made.zipped(tmp_path / "z.zip", {"müllerann_12_text.html": b"", "x.ipynb": b""})) as opened:
        found, notes = canvas.submissions(opened, ROSTER, "hw")
    assert not found and notes[0] == "müllerann_12_text.html is nobody's: its path names no student"


def as_canvas_writes(name, id, file, filename, late):
    """lib/content_zipper.rb: sanitize_user_name, get_filename, add_upload_submission."""
    name = re.sub(r"_(\d+)_", r"\1", name).lower()
    prefix = re.sub(r"[^\w]", "", "_".join([name, *["LATE"] * late, id]))
    return f"{prefix}_{file}_" + re.sub(r'[\x00/\\:*?"<>|]+', "_", filename)


def as_canvas_reads(path):
    """(id, attachment) of app/models/abstract_assignment.rb, infer_comment_context_from_filename."""
    name = path.rsplit("/", 1)[-1]
    parts = [part for part in name.split("_") if part != "LATE"]
    if parts[0] == "anon":
        found = parts[1:3]
    else:
        found = [part for part in parts if re.fullmatch(r"[0-9]+", part)][:2]
    return None if parts[-1].startswith("link") or name.startswith("._") else found


NAMES = st.text(st.sampled_from("aÖ_ ,.7李'"), min_size=1, max_size=8)


@given(name=NAMES, filename=NAMES, late=st.booleans(), id=st.integers(1, 99), file=st.integers(100, 999))
@settings(deadline=None)  # files are written
def test_files_come_home_and_reports_go_back(tmp_path_factory, name, filename, late, id, file):
    path = tmp_path_factory.mktemp("canvas") / "z.zip"
    source = as_canvas_writes(name, str(id), str(file), f"{filename}link.ipynb", late)
    with Archive(made.zipped(path, {source: b""})) as opened:
        (handed,), _ = canvas.submissions(opened, {str(id): Student(str(id), name, 1)}, "hw")
    assert (handed.id, handed.order[0], handed.late_hours) == (str(id), file, "?" * late)
    back = canvas.feedback_path({"id": handed.id, "name": name, "source": source})
    assert as_canvas_reads(back) == [str(id), str(file)]


def test_an_anonymous_report_goes_back_too():
    row = {"id": "anon_a1B2c", "name": "", "source": "LATE_anon_a1B2c_3456_hw.ipynb"}
    assert as_canvas_reads(canvas.feedback_path(row)) == ["a1B2c", "3456"]


@pytest.mark.parametrize("source", ["", "müllerann_12_text.html", "müllerann_13_3456_hw.ipynb"])
def test_without_a_file_of_theirs_there_is_no_path(source):
    assert canvas.feedback_path({"id": "12", "name": "Müller, Ann", "source": source}) is None
