"""Reports go into a zip, each under its own person's name."""

import io
import zipfile

import pytest

from rnn_course.assignments import sheets
from rnn_course.assignments.gradebooks import collecting, filling, returning


@pytest.fixture
def folder(tmp_path):
    for name in ("12.html", "007.html", "stranger.html"):
        (tmp_path / name).write_text(f"<p>{name}</p>")
    return tmp_path


def collected(folder, *rows):
    rows = [
        dict.fromkeys(collecting.COLUMNS, "") | {"id": id, "name": name, "source": source} for id, name, source in rows
    ]
    sheets.write(folder / "collected.csv", collecting.COLUMNS, rows)
    return folder / "collected.csv"


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info).decode() for info in archive.infolist()}


def test_moodles_reports(folder):
    table = collected(
        folder,
        ("12", "Müller, Ann", "Müller, Ann_12_assignsubmission_file_/hw.ipynb"),
        ("007", "Bo_1_x", ""),
        ("9", "Öz", "Öz_9_assignsubmission_file/hw.ipynb"),
    )
    done = returning.pack(folder, table, "moodle")
    assert unpacked(done.content) == {
        "Müller, Ann_12_assignsubmission_file/feedback.html": "<p>12.html</p>",
        "Bo 1 x_007_assignsubmission_file/feedback.html": "<p>007.html</p>",
    }
    assert done.reports == 2
    assert done.notes == [
        "Öz (9) has no report: there is no 9.html",
        "stranger.html is nobody's: there is no such id in collected.csv",
    ]


def test_the_page_on_the_class_is_nobodys_and_what_is_not_marked_to_its_end_is_said(folder):
    (folder / returning.SUMMARY).write_text("the class")
    rows = [("12", "Ann", "1.5", "2", ""), ("007", "Bo", "", "2", "not marked yet: why")]
    sheets.write(folder / "marks.csv", filling.COLUMNS, [dict(zip(filling.COLUMNS, row, strict=True)) for row in rows])
    (folder / "stranger.html").unlink()
    done = returning.pack(folder, collected(folder, ("12", "Ann", ""), ("007", "Bo", "")), "moodle")
    assert done.reports == 2
    assert done.notes == ["Reports in which not everything is marked: 1"]


def test_zeros_that_a_spreadsheet_took_from_an_id_lose_no_report(folder):
    done = returning.pack(folder, collected(folder, ("12", "A", ""), ("7", "B", "")), "moodle")
    assert list(unpacked(done.content)) == [f"{who}_assignsubmission_file/feedback.html" for who in ("A_12", "B_007")]


def test_canvass_reports_need_a_file_that_was_handed_in(folder):
    table = collected(folder, ("12", "Müller, Ann", "müllerann_LATE_12_345_link.ipynb"), ("007", "Bo", ""))
    done = returning.pack(folder, table, "canvas")
    assert unpacked(done.content) == {"müllerann_12_345_feedback.html": "<p>12.html</p>"}
    assert done.notes[0] == "Bo (007) gets no report: Canvas takes one only for a file that was handed in"


def test_the_same_reports_make_the_same_zip(folder):
    table = collected(folder, ("12", "A", ""))
    assert returning.pack(folder, table, "moodle").content == returning.pack(folder, table, "moodle").content


def test_no_report_at_all_and_another_platform_are_refused(folder):
    with pytest.raises(ValueError, match=r"has no report ID.html of anybody in collected.csv"):
        returning.pack(folder, collected(folder, ("1", "A", "")), "moodle")
    with pytest.raises(ValueError, match="target is 'nbgrader'"):
        returning.pack(folder, folder / "collected.csv", "nbgrader")


@pytest.mark.parametrize(("target", "name"), [("moodle", "Moodle"), ("canvas", "Canvas")])
def test_what_came_from_another_platform_is_refused(folder, target, name):
    source = {"moodle": "ann_12_345_hw.ipynb", "canvas": "Ann_12_assignsubmission_file/hw.ipynb"}[target]
    with pytest.raises(ValueError, match=f"names no file as {name} hands it out"):
        returning.pack(folder, collected(folder, ("12", "Ann", source)), target)


def test_an_id_that_leads_out_of_the_folder_is_refused(folder):
    with pytest.raises(ValueError, match=r"id is '\.\./12'"):
        returning.pack(folder, collected(folder, ("../12", "A", "")), "moodle")
