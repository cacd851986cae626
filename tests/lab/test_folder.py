"""A learner's folder: what is put there, what is kept, and what is noted in it."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from rnn_course.lab import Learner, note, progress
from rnn_course.lab.place import COURSE

LINK = re.compile(r"\]\(([\w./-]+\.\w+)(?:#[^)]*)?\)")  # a file, and what is meant in it
CHAPTERS = sorted(path.name for path in (COURSE / "notebooks").glob("*.ipynb"))


@pytest.fixture
def course(tmp_path):
    """A copy of the course's texts, which a test may change."""
    for part in ("notebooks", "book"):
        kept = shutil.ignore_patterns("_*", ".ipynb_checkpoints")
        shutil.copytree(COURSE / part, tmp_path / "course" / part, ignore=kept)
    return tmp_path / "course"


def type_into(path, text):
    """Do what a learner does in JupyterLab: write into the first code cell, run, save."""
    notebook = json.loads(path.read_text("utf8"))
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell["source"], cell["execution_count"] = text, 3
    path.write_text(json.dumps(notebook), "utf8")


def test_the_copies_lie_as_the_originals_lie(course, tmp_path):
    opened = Learner(tmp_path / "mine", course).open()
    assert opened == (tmp_path / "mine" / "Start.md", {})
    assert sorted(path.name for path in (tmp_path / "mine" / "notebooks").iterdir()) == CHAPTERS
    kinds = (".md", ".ipynb", ".png", ".svg")
    pages = {path.relative_to(course) for path in course.glob("book/**/*") if path.suffix in kinds}
    assert pages and all((tmp_path / "mine" / page).read_bytes() == (course / page).read_bytes() for page in pages)
    assert not list(tmp_path.glob("mine/**/_*"))


def test_a_newer_course_touches_nothing_that_was_written(course, tmp_path):
    learner = Learner(tmp_path / "mine", course)
    learner.open()
    mine, other = (learner.folder / "notebooks" / name for name in CHAPTERS[:2])
    type_into(mine, "my = 1")
    typed = mine.read_bytes()
    for name in CHAPTERS[:2]:
        type_into(course / "notebooks" / name, "newer = 1")
    start, changed = learner.open()
    newer = mine.with_name(mine.stem + ".new.ipynb")
    assert changed == {mine: newer} and mine.read_bytes() == typed and "newer = 1" in newer.read_text("utf8")
    assert "newer = 1" in other.read_text("utf8")
    assert f"- [{newer.name}](notebooks/{newer.name})" in start.read_text("utf8")
    newer.unlink()
    assert learner.open().changed == {} and "Newer versions" not in start.read_text("utf8")


def test_each_link_between_files_leads_to_a_copy(tmp_path):
    opened = Learner(tmp_path / "mine").open()
    links = 0
    for path in [opened.start, *(tmp_path / "mine").glob("*/*.md"), *(tmp_path / "mine").glob("*/*.ipynb")]:
        text = path.read_text("utf8")
        if path.suffix == ".ipynb":
            text = "".join("".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "markdown")
        for target in LINK.findall(text):
            assert (path.parent / target).is_file(), f"{path.name} links to {target}"
            links += 1
    assert links > 400


def test_the_second_update_loses_nothing_either(course, tmp_path):
    learner = Learner(tmp_path / "mine", course)
    learner.open()
    mine = learner.folder / "notebooks" / CHAPTERS[0]
    newer = [mine.with_name(f"{mine.stem}.new{number}.ipynb") for number in ("", "2")]
    typed = {mine: "my = 1", newer[0]: "my = 2"}
    for path, text in typed.items():
        type_into(path, text)
        typed[path] = path.read_bytes()
        type_into(course / "notebooks" / CHAPTERS[0], f"{path.name} = 1")
        learner.open()
    assert {path: path.read_bytes() for path in typed} == typed and newer[1].is_file()


def test_a_start_page_with_the_learners_words_stays(course, tmp_path):
    learner = Learner(tmp_path / "mine", course)
    learner.open()
    (learner.folder / "Start.md").write_text("my plan")
    progress.add(learner.progress, "windows")
    start = learner.open().start
    assert start.name == "Start.new.md" and "| 1 of 4 | 2, 3, 4 |" in start.read_text("utf8")
    assert (learner.folder / "Start.md").read_text() == "my plan"


@pytest.mark.parametrize("place", [".", "notebooks", "book", "notebooks/mine", "rnn_course/x"])
def test_the_course_itself_is_no_folder_for_copies(course, place):
    with pytest.raises(ValueError, match="belongs to the course"):
        Learner(course / place, course).open()


@pytest.mark.parametrize("place", [".", "notebooks", "book/mine"])
def test_nor_is_another_clone(tmp_path, place):
    """Which may well have the name that a wheel takes for its folder in the home."""
    (tmp_path / "rnn-course" / "rnn_course").mkdir(parents=True)
    (tmp_path / "rnn-course" / "rnn_course" / "__init__.py").write_text("")
    with pytest.raises(ValueError, match="belongs to the course"):
        Learner(tmp_path / "rnn-course" / place).open()


def test_a_file_in_the_way_is_an_oserror(course, tmp_path):
    (tmp_path / "mine").write_text("a file")
    with pytest.raises(OSError):
        Learner(tmp_path / "mine", course).open()


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="root may write whatever it likes")
def test_a_course_that_may_only_be_read_is_enough(course, tmp_path):
    for path in [course, *course.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        opened = Learner(tmp_path / "mine", course).open()
        type_into(tmp_path / "mine" / "notebooks" / CHAPTERS[0], "my = 1")
    finally:
        for path in [course, *course.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert opened.start.exists()
    assert "my = 1" in (tmp_path / "mine" / "notebooks" / CHAPTERS[0]).read_text("utf8")


def test_what_passes_is_noted_and_stands_on_the_start_page(tmp_path, monkeypatch):
    learner = Learner(tmp_path / "mine")
    learner.open()
    monkeypatch.setenv(progress.VARIABLE, str(learner.progress))
    monkeypatch.chdir(learner.folder / "notebooks")
    first = learner.chapters()[0]
    (check,) = first.exercises[1]
    assert note(check) is None and set(progress.read(learner.progress)) == {check}
    row = f"| 1 of {len(first.exercises)} | {', '.join(map(str, list(first.exercises)[1:]))} |"
    assert row in (learner.folder / "Start.md").read_text("utf8")
    monkeypatch.chdir(Path(COURSE))
    assert note("another") is None and set(progress.read(learner.progress)) == {check}


def test_what_cannot_be_noted_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path / progress.NAME))
    (tmp_path / progress.NAME).write_text("broken")
    assert note("windows").startswith("This could not be noted: ") and "mend it or delete it" in note("windows")
