"""The whole round, as an instructor and a student type it."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from rnn_course import cli
from rnn_course.assignments import commands, isolation, sheets

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
SECRET = "a secret of sixteen bytes or more"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(Path(__file__).parent / "examples", tmp_path / "mine")
    Path("secret.txt").write_text(SECRET)

    def run(line, status=0):
        result = CliRunner().invoke(cli.main, ["assignment", *line.split()], catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result.output

    return run


MARK = "mark means S --secret-file secret.txt --out M --source mine --isolation limits"


def test_from_the_hand_out_to_the_return(run):
    said = run("build means --out B --source mine")
    assert "Tell your students: After the deadline, each day begun costs 25 % of the points, 50 % at most." in said
    assert "For students: B/means-student.zip" in said and "for you alone: B/means-solution.ipynb" in said
    with zipfile.ZipFile("B/means-student.zip") as archive:
        archive.extractall("student")
    assert "means: Not attempted." in run("try student/means/means.ipynb --isolation limits")
    Path("handed").mkdir()
    shutil.copy("B/means-solution.ipynb", "handed/1.ipynb")
    shutil.copy("student/means/means.ipynb", "handed/2.ipynb")
    Path("class.csv").write_text("id,name,HW\n1,Ann,\n2,\x1b[2JBo,\n3,Cy,\n")
    run("collect means handed --roster class.csv --from folder --into S")
    said = run(MARK)
    assert "Submissions run without walls" in said
    assert "Marked: 2. As they were: 0. The marker failed on: 0." in said
    assert "Cy (3): nothing was submitted" in said and "\x1b" not in said
    assert "Marked: 0. As they were: 2." in run(MARK)
    run("grades M --fill class.csv --column HW --out filled.csv")
    assert [row["HW"] for row in sheets.read("filled.csv")] == ["10.00", "0.00", ""]
    run("return M --collected S/collected.csv --for canvas --out back.zip", status=1)  # a plain folder is not Canvas's


def test_what_is_wrong_is_one_sentence(run):
    Path("S").mkdir()
    assert "has no collected.csv: collect the submissions" in run(MARK, 1)
    assert "the assignment 'gone' has no spec.py in 'mine/gone'" in run(MARK.replace("means", "gone"), 1)
    Path("secret.txt").write_text("short")
    assert "secret-file holds 5 bytes, at least 16 are wanted" in run(MARK, 1)
    Path("mine/means/spec.py").write_text("import numpy as np\n\nASSIGNMENT = np.nothing\n")
    assert "cannot be read: AttributeError in line 3: " in run(MARK, 1)


def test_without_an_engine_it_refuses(run, monkeypatch):
    Path("S").mkdir()
    monkeypatch.setattr(isolation, "missing", lambda engine: ["it is not installed"])
    said = run(MARK.replace(" --isolation limits", ""), 1)
    assert "bubblewrap: it is not installed." in said and "`--isolation limits` runs them without walls" in said


def test_the_courses_own_assignments_are_known_to_everybody(run, monkeypatch):
    monkeypatch.setattr(commands, "HERE", Path("mine").resolve())
    assert "Everybody can read this assignment and its solution" in run("build means --out B")
    monkeypatch.setattr(commands, "HERE", Path("nowhere"))
    assert "name a --source" in run("build means --out B", 1)


def test_where_the_marker_fails_the_status_is_1(run):
    Path("handed").mkdir()
    shutil.copy("mine/means/means.ipynb", "handed/1.ipynb")
    Path("class.csv").write_text("id,name\n1,Ann\n")
    run("collect means handed --roster class.csv --from folder --into S")
    spec = Path("mine/means/spec.py")
    spec.write_text(spec.read_text().replace("lambda rng: _weighted(rng, [(1, 3)", "lambda rng: 1 / 0 or ([(1, 3)"))
    said = run(MARK, 1)
    assert "the marker failed on it, ZeroDivisionError" in said and "failed on: 1." in said


# What stands where a name, a path or a number belongs: `{name of a file: what is in it}`, and words.
FILES = {
    "empty": b"",
    "bytes": bytes(range(256)),
    "null.csv": b"id,na\0me\n1,2\n",
    "header.csv": b"id,name\n",
    "wide.csv": "id;name\n1;\u00fc\n".encode("utf-16"),
    "long.csv": b"id,name\n1," + b"x" * 300_000 + b"\n",
    "list.json": b"[1, 2]",
    "deep.json": b"[" * 5000 + b"]" * 5000,
    "cells.ipynb": b'{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "half.ipynb": b'{"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "damaged.zip": b"PK\x03\x04 and no more",
}
WORDS = ["", "three", "-1", "0", "1e9", "nan", "no/such/thing", "a" * 300, "\u00fc", "a/b", "*"]
LINES = [
    "build means --out new --source mine",
    "try student/means/means.ipynb --isolation limits",
    "collect means handed --roster class.csv --from folder --into new",
    "mark means S --secret-file secret.txt --out new --jobs 1 --source mine --isolation limits",
    "scripts means S --out new --source mine",
    "grades M --fill class.csv --column HW --out new.csv",
    "return M --collected S/collected.csv --for moodle --out new.zip",
]


def test_no_word_on_the_command_line_gets_more_than_a_sentence(run, capsys):
    run("build means --out B --source mine")
    with zipfile.ZipFile("B/means-student.zip") as archive:
        archive.extractall("student")
    Path("handed").mkdir()
    shutil.copy("student/means/means.ipynb", "handed/1.ipynb")
    Path("class.csv").write_text("id,name,HW\n1,Ann,\n")
    run("collect means handed --roster class.csv --from folder --into S")
    run(MARK)
    for name, content in FILES.items():
        Path(name).write_bytes(content)
    Path("loop").symlink_to("loop")
    Path("folder").mkdir()
    refused = taken = 0
    for words in map(str.split, LINES):
        for place in [k for k, word in enumerate(words) if k and not word.startswith("--")]:
            for bad in [*FILES, *WORDS, "loop", "folder"]:
                line = [*words[:place], bad, *words[place + 1 :]]
                result = CliRunner().invoke(cli.main, ["assignment", *line])
                told = result.exception is None or isinstance(result.exception, SystemExit)
                assert told and "Traceback" not in result.output, f"{line}: {result.exception!r} {result.output}"
                assert result.exit_code == 0 or result.output.strip()
                refused, taken = refused + (result.exit_code != 0), taken + (result.exit_code == 0)
    with capsys.disabled():
        print(f"\ncommands: {refused} bad words refused, {taken} taken")
