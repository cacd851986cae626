"""Moodle's worksheet in five languages, its zip in all its forms, and what it takes back."""

import re

import platform_exports as made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.assignments.gradebooks import export, moodle
from rnn_course.assignments.gradebooks.archive import Archive

DATES = {
    "en": "Monday, 3 June 2024, 2:15 PM",
    "de": "Montag, 3. Juni 2024, 14:15",
    "fr": "lundi 3 juin 2024, 14:15",
    "es": "lunes, 3 de junio de 2024, 14:15",
    "zh": "2024年06月3日 星期一 14:15",
}
LATE = {  # mod_assign's submittedlateshort, with core's format_time
    "en": "Submitted for grading - 2 hours 30 mins late - Graded",
    "de": "Zur Bewertung abgegeben - 2 Stunden 30 Minuten zu spät",
    "fr": "Remis pour évaluation - En retard de 2 heures 30 min",
    "es": "Enviado para calificar - 2 horas 30 minutos de retraso",
    "zh": "已提交请评分 - 迟2 小时 30 分钟",
}


@pytest.mark.parametrize("language", made.MOODLE_HEADERS)
def test_a_worksheet_is_read_in_each_language(tmp_path, language):
    rows = [
        ("012", "Ünal, A", LATE[language], "", "100.00", "Yes", DATES[language]),
        ("7", "B", "", "", "100.00", "Yes", "-"),
    ]
    read = export.read(made.worksheet(tmp_path / "m.csv", rows, language))
    assert moodle.recognises(read)
    assert [tuple(student)[:5] for student in moodle.students(read)] == [
        ("012", "Ünal, A", 1, "2024-06-03T14:15:00", "2.50"),
        ("7", "B", 2, "", ""),
    ]
    assert moodle.columns(read) == [made.MOODLE_HEADERS[language].split(",")[4]]
    assert moodle.maxima(read, 4) == {1: "100.00", 2: "100.00"}


@pytest.mark.parametrize(
    "text, iso",
    [
        ("Friday, 1 March 2024, 12:05 AM", "2024-03-01T00:05:00"),
        ("Friday, 1 March 2024, 12:05 PM", "2024-03-01T12:05:00"),
        ("Saturday, 31 August 2024, 11:59 PM", "2024-08-31T23:59:00"),
        ("Dienstag, 5. März 2024, 09:07", "2024-03-05T09:07:00"),
        ("mardi 6 février 2024, 8:00", "2024-02-06T08:00:00"),
        ("jueves, 12 de diciembre de 2024, 23:59", "2024-12-12T23:59:00"),
        ("2024年12月31日 星期二 下午 11:59", "2024-12-31T23:59:00"),
        ("mar. 5 févr. 2024, 08:00", ""),  # a Tuesday, and March by its looks
        ("lauantai 1. kesäkuuta 2024, 14:15", ""),
        ("Monday, 31 June 2024, 2:15 PM", ""),
        ("2024-06-03", ""),
        ("", ""),
    ],
)
def test_dates(text, iso):
    assert moodle.iso(text) == iso


def test_a_time_that_is_not_understood_is_kept_to_be_said(tmp_path):
    rows = [("1", "A", "", "", "10.00", "Yes", "kesäkuuta 2024")]
    (student,) = moodle.students(export.read(made.worksheet(tmp_path / "m.csv", rows)))
    assert (student.submitted, student.unread) == ("", "kesäkuuta 2024")


@pytest.mark.parametrize(
    "state, hours",
    [
        ("Submitted for grading", ""),
        ("Submitted for grading - 1 day 2 hours late", "26.00"),
        ("Submitted for grading - 45 secs late - Submission changes not allowed", "0.01"),
        ("Submitted for grading - kaksi päivää late", "?"),
        ("Zur Bewertung abgegeben - 1 Tag 6 Stunden zu spät", "30.00"),
        ("Submitted for grading - 3 päivää late", "?"),
    ],
)
def test_how_late(state, hours):
    assert moodle.late_hours(state) == hours


def test_an_assignment_that_is_overdue_but_not_handed_in_is_not_late(tmp_path):
    rows = [("1", "A", "Pas de travail remis - Le devoir est en retard de 2 heures", "", "10.00", "Oui", "-")]
    (student,) = moodle.students(export.read(made.worksheet(tmp_path / "m.csv", rows, "fr")))
    assert student.late_hours == ""


def test_blind_marking_has_no_names(tmp_path):
    (tmp_path / "m.csv").write_text(
        "Identifier,Status,Grade,Maximum grade,Grade can be changed,Last modified (grade)\n"
        '"Participant 12","No submission",,10.00,Yes,-\n'
    )
    (student,) = moodle.students(export.read(tmp_path / "m.csv"))
    assert (student.id, student.name) == ("12", "")


@pytest.mark.parametrize("first", ["12", "Ann", "Participant", "Participant 1\nTeilnehmer 2"])
def test_another_list_is_refused(tmp_path, first):
    (tmp_path / "m.csv").write_text("Identifier,Full name\n" + "".join(f"{cell},x\n" for cell in first.split("\n")))
    with pytest.raises(ValueError, match="is no grading worksheet from Moodle"):
        moodle.students(export.read(tmp_path / "m.csv"))


@pytest.mark.parametrize(
    "path, id, filename",
    [
        ("Ann Lee_12_assignsubmission_file/hw.ipynb", "12", "hw.ipynb"),
        ("Ann Lee_12_assignsubmission_file_/hw.ipynb", "12", "hw.ipynb"),
        ("Ann Lee_12_assignsubmission_file/sub/hw.ipynb", "12", "hw.ipynb"),
        ("Ann Lee_12_assignsubmission_file_hw_2.ipynb", "12", "hw_2.ipynb"),
        ("Participant_12_assignsubmission_file/hw.ipynb", "12", "hw.ipynb"),
        ("Participant 12_12_assignsubmission_file_/hw.ipynb", "12", "hw.ipynb"),
        ("Müller, _Ann_ 'B'_0012_assignsubmission_file/hw.ipynb", "0012", "hw.ipynb"),
        ("Ann_12_assignsubmission_onlinetext/onlinetext.html", "12", "onlinetext.html"),
        ("all/Ann_12_assignsubmission_file/Bo_13_assignsubmission_file/hw.ipynb", "12", "hw.ipynb"),
        (
            "Ann_12_assignsubmission_file_Bo_13_assignsubmission_file_x.ipynb",
            "12",
            "Bo_13_assignsubmission_file_x.ipynb",
        ),
    ],
)
def test_whose_a_file_is(tmp_path, path, id, filename):
    with Archive(made.zipped(tmp_path / "z.zip", {path: b""})) as opened:
        (handed,), notes = moodle.submissions(opened, {}, "hw")
    assert (handed.id, handed.filename, notes) == (id, filename, [])


def test_what_is_nobodys_is_named(tmp_path):
    with Archive(made.zipped(tmp_path / "z.zip", {"Default group_assignsubmission_file/hw.ipynb": b""})) as opened:
        found, notes = moodle.submissions(opened, {}, "hw")
    assert not found
    assert notes == ["Default group_assignsubmission_file/hw.ipynb is nobody's: its path names no student"]


def as_moodle_reads(path):
    """(id, plugin, file) of mod/assign/feedback/file/importziplib.php, is_valid_filename_for_import."""
    parts = path.split("/")
    if parts[-1].startswith((".", "~")):
        return None
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) < 4 or not re.fullmatch(r"\d+", info[1]):
            continue
        return int(info[1]), info[2:4], "/".join([*info[4:5], *parts])
    return None


@given(name=st.text(st.sampled_from("aÖ_ ./~李,'\"0"), max_size=8), id=st.from_regex(r"[0-9]{1,6}", fullmatch=True))
@pytest.mark.parametrize("form", ["{}_{}_assignsubmission_file/x.ipynb", "{}_{}_assignsubmission_file_x.ipynb", ""])
def test_moodle_finds_whose_each_report_is(form, name, id):
    path = moodle.feedback_path({"id": id, "name": name, "source": form.format(name.replace("/", ""), id)})
    assert as_moodle_reads(path) == (int(id), ["assignsubmission", "file"], "feedback.html")


def test_an_id_that_is_none_of_moodles_gets_no_path():
    assert moodle.feedback_path({"id": "ann", "name": "Ann", "source": ""}) is None
