"""Collecting: one notebook a person, a row for everybody, and nothing of the instructor's is lost."""

import csv
from zipfile import ZipInfo

import platform_exports as made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.assignments import sheets
from rnn_course.assignments.gradebooks import archive, collecting

ONE, TWO = made.notebook("x = 1"), made.notebook("x = 2")
ROWS = [
    (
        "012",
        'Müller, "Ann"',
        "Submitted for grading - 2 hours late",
        "",
        "100.00",
        "Yes",
        "Monday, 3 June 2024, 2:15 PM",
    ),
    ("7", "=cmd|' /C calc'!A0", "No submission", "", "100.00", "Yes", "-"),
    ("9", "Öz", "Submitted for grading", "", "100.00", "Yes", "Monday, 3 June 2024, 9:00 AM"),
]
ANN = "Müller, 'Ann'_012_assignsubmission_file"


@pytest.fixture
def at(tmp_path):
    """Collects from Moodle with these contents of the zip; `at.rows()` is the table by another reader."""

    class At:
        folder = tmp_path / "S"

        def __call__(self, contents, rows=ROWS, name="hw1"):
            made.worksheet(tmp_path / "m.csv", rows)
            made.zipped(tmp_path / "m.zip", contents)
            return collecting.collect(name, tmp_path / "m.zip", tmp_path / "m.csv", "moodle", self.folder)

        def rows(self):
            with (self.folder / "collected.csv").open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file))

        def everything(self):
            return {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    return At()


def test_everybody_has_a_row_and_who_handed_in_a_notebook(at):
    done = at({f"{ANN}/my hw.ipynb": ONE, "Zed_55_assignsubmission_file/hw1.ipynb": TWO})
    assert (done.new, done.replaced, done.unchanged) == (2, 0, 0)
    assert (at.folder / "012" / "hw1.ipynb").read_bytes() == ONE
    assert (at.folder / "55" / "hw1.ipynb").read_bytes() == TWO
    ann, mal, oz, zed = at.rows()
    assert list(ann) == ["id", "name", "source", "submitted", "late_hours", "extension_hours", "problem"]
    assert list(ann.values()) == [
        "012", 'Müller, "Ann"', f"{ANN}/my hw.ipynb", "2024-06-03T14:15:00", "2.00", "", "",
    ]  # fmt: skip
    assert (mal["id"], mal["name"], mal["problem"]) == ("7", "'=cmd|' /C calc'!A0", "nothing was submitted")
    assert "it is not among these submissions" in oz["problem"]
    assert (zed["id"], zed["name"], zed["problem"]) == ("55", "", "nobody on the roster has this id")


def test_twice_changes_nothing(at):
    contents = {f"{ANN}/hw1.ipynb": ONE, f"{ANN}/b.ipynb": TWO, "Zed_55_assignsubmission_file/hw1.ipynb": b"{"}
    at(contents)
    before = at.everything()
    stamps = {path: path.stat().st_mtime_ns for path in before}
    done = at(contents)
    assert (done.new, done.replaced, done.unchanged) == (0, 0, 2)
    assert at.everything() == before
    assert {path: path.stat().st_mtime_ns for path in before} == stamps


def write_extension(at, hours, **more):
    rows = sheets.read(at.folder / "collected.csv")
    rows = [row | dict.fromkeys(more, "") for row in rows]
    rows[0] |= {"extension_hours": hours} | more
    sheets.write(at.folder / "collected.csv", list(rows[0]), rows)


def test_a_newer_attempt_replaces_the_notebook_and_what_was_granted_stays(at):
    at({f"{ANN}/hw1.ipynb": ONE})
    write_extension(at, "48", mine="called me")
    done = at({f"{ANN}/hw1-1.ipynb": TWO})
    assert (done.new, done.replaced, done.unchanged) == (0, 1, 0)
    assert (at.folder / "012" / "hw1.ipynb").read_bytes() == TWO
    row = at.rows()[0]
    assert (row["extension_hours"], row["mine"], row["source"]) == ("48", "called me", f"{ANN}/hw1-1.ipynb")


def test_zeros_that_a_spreadsheet_took_from_an_id_lose_no_extension(at):
    at({f"{ANN}/hw1.ipynb": ONE})
    write_extension(at, "48")
    rows = sheets.read(at.folder / "collected.csv")
    rows[0]["id"] = "12"
    sheets.write(at.folder / "collected.csv", list(rows[0]), rows)
    at({f"{ANN}/hw1-1.ipynb": TWO})
    assert [(row["id"], row["extension_hours"]) for row in at.rows()] == [("012", "48"), ("7", ""), ("9", "")]


def test_who_is_not_in_a_later_zip_keeps_what_was_collected(at):
    at({f"{ANN}/hw1.ipynb": ONE})
    write_extension(at, "48")
    before = at.rows()[0]
    done = at({"Öz_9_assignsubmission_file/hw1.ipynb": TWO})
    assert at.rows()[0] == before
    assert (at.folder / "012" / "hw1.ipynb").read_bytes() == ONE
    assert done.notes == ["What was collected before stays of people who have nothing among these submissions: 1"]


def test_who_leaves_the_roster_keeps_the_row_and_comes_back(at):
    at({f"{ANN}/hw1.ipynb": ONE})
    write_extension(at, "48")
    contents = {"Öz_9_assignsubmission_file/hw1.ipynb": TWO}
    at(contents, ROWS[1:])
    assert [row["id"] for row in at.rows()] == ["7", "9", "012"]
    assert at.rows()[2]["extension_hours"] == "48" and "neither on this roster" in at.rows()[2]["problem"]
    at(contents, ROWS[1:])
    assert [row["id"] for row in at.rows()] == ["7", "9", "012"]
    at(contents)
    assert (at.rows()[0]["extension_hours"], at.rows()[0]["problem"]) == ("48", "")


def test_a_table_that_is_none_stops_before_anything_is_written(at):
    at.folder.mkdir()
    (at.folder / "collected.csv").write_text("id,name\n012,x\n")
    before = at.everything()
    with pytest.raises(ValueError, match=r"collected.csv has the columns id, name"):
        at({f"{ANN}/hw1.ipynb": ONE})
    assert at.everything() == before


@pytest.mark.parametrize(
    "files, taken, problem",
    [
        ({"a.ipynb": ONE}, ONE, ""),
        ({"HW1 (2).IPYNB": ONE, "a.ipynb": TWO}, ONE, "2 notebooks, HW1 (2).IPYNB, a.ipynb: HW1 (2).IPYNB was taken"),
        ({"a.pdf": b"", "b.txt": b""}, None, "no notebook among a.pdf, b.txt"),
        ({f"{k}.pdf": b"" for k in range(7)}, None, "no notebook among 0.pdf, 1.pdf, 2.pdf, 3.pdf, 4.pdf and 2 more"),
        ({"a.ipynb": b"no json"}, b"no json", "this is no notebook, it is stored as it came"),
        ({"a.ipynb": b"[" * 100_000}, b"[" * 100_000, "this is no notebook, it is stored as it came"),
        ({"a.ipynb": b'{"cells": 1}'}, b'{"cells": 1}', "this is no notebook, it is stored as it came"),
        ({"a.ipynb": ONE, ".ipynb_checkpoints/hw1-checkpoint.ipynb": TWO}, ONE, ""),
        ({"../../a.ipynb": ONE}, None, f"a.ipynb: {archive.OUT}"),
        ({"hw1.ipynb": ONE, "../../a.ipynb": TWO}, ONE, f"a.ipynb: {archive.OUT}"),
        ({"hw1.ipynb": bytes(21 * 2**20), "b.ipynb": TWO}, TWO, f"hw1.ipynb: {archive.LARGE}"),
    ],
)
def test_which_notebook_is_taken(at, files, taken, problem):
    at({f"{ANN}/{name}": content for name, content in files.items()} | {"Öz_9_assignsubmission_file/b.ipynb": TWO})
    path = at.folder / "012" / "hw1.ipynb"
    assert (path.read_bytes() if path.exists() else None) == taken
    assert at.rows()[0]["problem"] == problem
    assert (at.folder / "9" / "hw1.ipynb").read_bytes() == TWO  # whatever is wrong with the other's
    assert {path.name for path in at.folder.rglob("*")} <= {"012", "9", "hw1.ipynb", "collected.csv", "zz"}


def test_a_file_that_cannot_be_taken_leaves_the_one_that_was(at):
    at({f"{ANN}/hw1.ipynb": ONE})
    before = at.rows()[0]
    at({f"{ANN}/hw1.pdf": b""})
    assert (at.folder / "012" / "hw1.ipynb").read_bytes() == ONE
    after = at.rows()[0]
    assert after.pop("problem") == "no notebook among hw1.pdf; the notebook that was collected before stays"
    before.pop("problem")
    assert after == before


def test_of_two_files_canvas_says_which_is_the_latest(tmp_path):
    made.canvas(tmp_path / "c.csv")
    made.zipped(tmp_path / "c.zip", {"müllerann_LATE_12_200_a.ipynb": TWO, "müllerann_LATE_12_30_b.ipynb": ONE})
    done = collecting.collect("hw1", tmp_path / "c.zip", tmp_path / "c.csv", "canvas", tmp_path / "S")
    assert (tmp_path / "S" / "12" / "hw1.ipynb").read_bytes() == TWO
    assert done.rows[0]["problem"] == "2 notebooks, a.ipynb, b.ipynb: the latest was taken, a.ipynb"
    assert done.rows[0]["late_hours"] == "?"


def test_hours_that_were_written_for_an_unknown_time_stay_with_their_file(tmp_path):
    made.canvas(tmp_path / "c.csv")

    def late(file):
        made.zipped(tmp_path / "c.zip", {file: ONE})
        return collecting.collect("hw1", tmp_path / "c.zip", tmp_path / "c.csv", "canvas", tmp_path / "S").rows[0]

    assert late("müllerann_LATE_12_200_a.ipynb")["late_hours"] == "?"
    rows = sheets.read(tmp_path / "S" / "collected.csv")
    rows[0]["late_hours"] = "30"
    sheets.write(tmp_path / "S" / "collected.csv", collecting.COLUMNS, rows)
    assert late("müllerann_LATE_12_200_a.ipynb")["late_hours"] == "30"
    assert late("müllerann_LATE_12_201_a.ipynb")["late_hours"] == "?"  # of another attempt
    assert late("müllerann_12_202_a.ipynb")["late_hours"] == ""


def test_of_two_files_of_one_time_none_is_said_to_be_the_latest(at):
    noon, one = (2024, 6, 3, 12, 0, 0), (2024, 6, 3, 13, 0, 0)
    at({ZipInfo(f"{ANN}/a.ipynb", noon): ONE, ZipInfo(f"{ANN}/b.ipynb", noon): TWO})
    assert at.rows()[0]["problem"] == "2 notebooks, b.ipynb, a.ipynb: b.ipynb was taken, and it may not be the latest"
    at({ZipInfo(f"{ANN}/a.ipynb", one): ONE, ZipInfo(f"{ANN}/b.ipynb", noon): TWO})
    assert at.rows()[0]["problem"] == "2 notebooks, a.ipynb, b.ipynb: the latest was taken, a.ipynb"
    assert (at.folder / "012" / "hw1.ipynb").read_bytes() == ONE


def test_ids_that_are_one_folder_on_some_systems_do_not_share_it(tmp_path):
    (tmp_path / "r.csv").write_text("id\nann\n")
    made.zipped(tmp_path / "z.zip", {"ann.ipynb": ONE, "Ann.ipynb": TWO, "con.ipynb": TWO})
    done = collecting.collect("hw1", tmp_path / "z.zip", tmp_path / "r.csv", "folder", tmp_path / "S")
    assert [row["id"] for row in done.rows] == ["ann"]
    assert sorted(path.name for path in (tmp_path / "S").iterdir()) == ["ann", "collected.csv"]
    assert done.notes[0] == "Ann.ipynb is not collected: its id is 'Ann', and 'ann' is the same folder"
    assert done.notes[1].startswith("con.ipynb is not collected: the id is 'con'")


@given(
    names=st.dictionaries(
        st.from_regex(r"[0-9]{1,6}", fullmatch=True), st.text(st.sampled_from("aÄ _,;\"'=@李"), max_size=6), min_size=1
    )
)
@settings(max_examples=30, deadline=None)  # files are brought to the disk
def test_every_name_and_id_comes_through(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("collect")
    made.worksheet(folder / "m.csv", [(id, name, "", "", "9.00", "Yes", "-") for id, name in names.items()])
    contents = {f"{name.replace('_', ' ')}_{id}_assignsubmission_file/x.ipynb": id for id, name in names.items()}
    made.zipped(folder / "m.zip", contents)
    collecting.collect("hw", folder / "m.zip", folder / "m.csv", "moodle", folder / "S")
    rows = sheets.read(folder / "S" / "collected.csv")
    assert {row["id"]: row["name"] for row in rows} == names
    assert [row["source"] for row in rows] == list(contents)
    assert all((folder / "S" / id / "hw.ipynb").read_text() == id for id in names)


@pytest.mark.parametrize("name", ["../hw", "", "a/b", "nul"])
def test_a_name_that_is_no_files_is_refused(at, name):
    with pytest.raises(ValueError, match=r"^name is"):
        at({f"{ANN}/hw1.ipynb": ONE}, name=name)


def test_a_zip_of_another_platform_is_refused(at):
    with pytest.raises(ValueError, match=r"m.zip has nothing that Moodle says a student handed in"):
        at({"müllerann_12_200_a.ipynb": ONE})
    assert not at.folder.exists()
