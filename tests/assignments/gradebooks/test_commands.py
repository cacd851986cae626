"""The three commands, one after the other, as an instructor types them."""

import zipfile

import click
import platform_exports as made
import pytest
from click.testing import CliRunner

from rnn_course.assignments import sheets
from rnn_course.assignments.gradebooks import commands, filling

GROUP = click.Group(commands=[commands.collect, commands.grades, commands.give_back])


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made.canvas(tmp_path / "book.csv")
    made.zipped(tmp_path / "s.zip", {"müllerann_LATE_12_345_hw.ipynb": made.notebook("x"), "öz_345_3_a.pdf": b""})
    return lambda line: CliRunner().invoke(GROUP, line.split(), catch_exceptions=False)


def test_from_the_submissions_to_the_reports(run, tmp_path):
    result = run("collect hw s.zip --roster book.csv --from canvas --into S")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert 'Öz, Bo "B" (345): no notebook among a.pdf' in lines
    assert "Li, 李 (67): nothing was submitted" in lines
    assert "New notebooks: 1. Replaced: 0. As they were: 0." in lines
    assert "Late: 1. By how much is not known of: 1." in lines
    assert lines[-1].startswith("Now look through")
    (tmp_path / "M").mkdir()
    row = {"id": "12", "name": "Müller, Ann", "points": "5", "maximum": "10", "problem": ""}
    sheets.write(tmp_path / "M" / "marks.csv", filling.COLUMNS, [row])
    (tmp_path / "M" / "12.html").write_text("well done")
    result = CliRunner().invoke(
        GROUP, ["grades", "M", "--fill", "book.csv", "--column", "HW 1 (101)", "--out", "f.csv"]
    )
    assert result.exit_code == 0 and "Marks written: 1. There already: 0." in result.output
    assert '"Müller, Ann",12,007,ann,Monday,10.00,5.00,55.5' in (tmp_path / "f.csv").read_text("utf8")
    result = run("return M --collected S/collected.csv --for canvas --out r.zip")
    assert result.exit_code == 0 and "Reports in r.zip: 1." in result.output
    with zipfile.ZipFile(tmp_path / "r.zip") as archive:
        assert archive.namelist() == ["müllerann_12_345_feedback.html"]


@pytest.mark.parametrize(
    "line, sentence",
    [
        ("collect hw book.csv --roster book.csv --from canvas --into S", "Error: book.csv is no zip"),
        ("collect hw s.zip --roster book.csv --from moodle --into S", "is no grading worksheet from Moodle"),
        ("collect hw s.zip --roster s.zip --from canvas --into S", "Error: s.zip is no text"),
        ("grades . --fill book.csv --column HW --out f.csv", "marks.csv"),
        ("grades . --fill book.csv --column HW --out ./book.csv", "it must be another file than --fill"),
        ("return . --collected book.csv --for canvas --out r.zip", "book.csv has the columns Student"),
    ],
)
def test_what_is_wrong_is_one_sentence(run, tmp_path, line, sentence):
    before = (tmp_path / "book.csv").read_bytes()
    result = run(line)
    assert result.exit_code in (1, 2)
    assert sentence in result.output and "Traceback" not in result.output
    assert (tmp_path / "book.csv").read_bytes() == before
    assert not (tmp_path / "S").exists()


def test_a_students_name_cannot_steer_the_terminal(run, tmp_path):
    made.canvas(tmp_path / "book.csv", [*made.CANVAS, '"Evil\x1b[2J, x",13,,e,Monday,,,'])
    result = run("collect hw s.zip --roster book.csv --from canvas --into S")
    assert "Evil�[2J, x (13): nothing was submitted" in result.output.splitlines()
