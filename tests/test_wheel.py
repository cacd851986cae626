"""The course from a wheel: it brings all that a learner opens and nothing else, and works with no repository near."""

import json
import os
import shutil
import signal
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest
import waiting
from wheels import ROOT, Environment, build, copy_source

from rnn_course.lab import Learner

TEXTS = "rnn_course/_course/"
LIGHT = "02_equations.ipynb"
RUN = Path(__file__).with_name("chapter_run.py")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the repository."""
    return copy_source(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def wheel(source):
    """The course's wheel."""
    return build(source)


@pytest.fixture
def place(wheel, tmp_path):
    """An environment in which the wheel is installed."""
    environment = Environment(tmp_path)
    environment.install(wheel)
    return environment


def lab(place):
    """Make or update the copies, as `rnn-course lab` does; JupyterLab only says its version. What was printed."""
    done = place.run("rnn-course", "lab", "--version")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def type_into(path, text):
    """Write into the first code cell of a notebook."""
    notebook = json.loads(path.read_text("utf8"))
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["source"] = text
    path.write_text(json.dumps(notebook), "utf8")


def files_in(folder):
    """The bytes of each file in a folder and below, by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_wheel_brings_every_text_and_neither_assignments_nor_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    kinds = ("notebooks/*.ipynb", "book/*.md", "book/*.ipynb", "book/*.yml", "book/images/*")
    parts = [f"book/_*/*.{ending}" for ending in ("py", "js", "css", "html")]
    wanted = {path.relative_to(ROOT).as_posix() for kind in (*kinds, *parts) for path in ROOT.glob(kind)}
    wanted = {name for name in wanted if not name.startswith("book/_build/")}
    brought = {name.removeprefix(TEXTS) for name in names if name.startswith(TEXTS)}
    assert len(wanted) > 40 and wanted <= brought
    assert {name.split("/")[0] for name in brought} == {"notebooks", "book", "tools", "rnn_course"}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"rnn_course"}
    code = {name for name in names if name.endswith(".py") and not name.startswith(TEXTS)}
    assert code == {path.relative_to(ROOT).as_posix() for path in (ROOT / "rnn_course").rglob("*.py")}
    assert not [name for name in names if "graded/" in name or "test_" in name or "__pycache__" in name]


def test_a_wheel_of_the_source_archive_is_the_same_and_no_test_is_in_it(source, wheel, tmp_path):
    archive = build(shutil.copytree(source, tmp_path / "source"), "sdist")
    shutil.unpack_archive(archive, tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert not {"tests", "assignments"} & {path.name for path in unpacked.iterdir()}
    again = build(unpacked)
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())


def test_the_lab_makes_the_copies_that_a_clone_makes(place, tmp_path):
    said = lab(place)
    folder = place.home / "rnn-course"
    assert said.startswith(f"Your copies of the chapters are in {folder}\n")
    Learner(tmp_path / "of a clone").open()
    copies = files_in(folder)
    assert copies == files_in(tmp_path / "of a clone") and "Start.md" in copies
    before = files_in(place.folder)
    assert "right 0 of " in place.run("rnn-course", "progress").stdout
    assert files_in(place.folder) == before  # of what was installed nothing is changed


def test_the_lab_is_open_to_this_machine_with_its_token_alone(place):
    server = place.start("rnn-course", "lab", "--no-browser")
    try:
        file = waiting.until(lambda: next(place.home.glob("runtime/jpserver-*.json"), None))
        known = json.loads(file.read_text())
        assert known["hostname"] in ("localhost", "127.0.0.1") and len(known["token"]) >= 32
        page = f"http://127.0.0.1:{known['port']}/api/contents/Start.md"
        assert waiting.until(lambda: status(page)) == 403
        assert status(f"{page}?token={known['token']}") == 200
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def status(address):
    """The status with which a server answers; None where nothing listens yet."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return None


def test_a_chapter_runs_from_the_wheel_alone(place):
    lab(place)
    done = place.run("python", RUN, "{}", LIGHT, cwd=place.home / "rnn-course" / "notebooks")
    assert done.returncode == 0, done.stderr
    assert Path(json.loads(done.stdout)["library"]).parent == place.packages / "rnn_course"


def test_two_updates_lose_nothing_that_was_written(place, source, tmp_path):
    newer = shutil.copytree(source, tmp_path / "newer")
    lab(place)
    chapters = place.home / "rnn-course" / "notebooks"
    mine, untouched = chapters / "03_bptt.ipynb", chapters / "04_lstm_gates.ipynb"
    type_into(mine, "mine = 1")
    typed = mine.read_bytes()
    for version in ("second", "third"):
        for chapter in (mine, untouched):
            type_into(newer / "notebooks" / chapter.name, f"{version} = 1")
        place.install(build(newer))
        assert "03_bptt.ipynb is newer in the course; yours is as you left it" in lab(place)
        assert mine.read_bytes() == typed and f"{version} = 1" in untouched.read_text("utf8")
        if version == "second":
            beside = chapters / "03_bptt.new.ipynb"
            type_into(beside, "mine, too = 1, 1")
            typed_beside = beside.read_bytes()
    assert beside.read_bytes() == typed_beside
    assert "third = 1" in (chapters / "03_bptt.new2.ipynb").read_text("utf8")


def test_what_a_user_did_ends_in_one_sentence_and_an_exit_status(place):
    (place.home / "file").write_text("")
    for words, status in (
        (["lab", "file"], 1),
        (["lab", str(place.packages / "rnn_course" / "mine")], 1),
        (["book", "file"], 2),
        (["progress", "file"], 2),
        (["no such command"], 2),
        (["assignment", "build", "means", "--out", "out"], 1),
        (["--version"], 0),
    ):
        done = place.run("rnn-course", *words)
        assert done.returncode == status, (words, done.stderr)
        assert "Traceback" not in done.stderr and bool(done.stderr) == bool(status)


@pytest.mark.long
def test_the_site_is_built_from_the_wheel(place):
    done = place.run("rnn-course", "book", timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    site = place.home / "rnn-course" / "site" / "_build" / "html"
    assert done.stdout.endswith(f"Open {site / 'index.html'} in a browser\n") and (site / "index.html").is_file()
    pages = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert pages == {path.stem for path in (site / "notebooks").glob("*.html")}
    assert "WARNING:" not in done.stdout + done.stderr
