"""What a chapter asks, read from the notebook: held against the checks themselves in tests/test_notebooks.py."""

import json

import pytest

from rnn_course.lab.chapters import Chapter, checks_in, read_chapter

CELLS = [
    ("markdown", "# A title\n\nSome words.", []),
    ("code", "exercises.before(1)", []),
    ("markdown", "## Exercises\n\nFill in.\n\n### Exercise 1: one", []),
    ("code", "def my_one():\n    return ...\n\n\nexercises.one(my_one)", []),
    ("code", "# Solution\nexercises.folded(1)", ["hide-cell"]),
    ("markdown", "### Exercise 2: two of them", []),
    ("code", "display(exercises.two(...))\nprint(exercises.helper('A'))\nexercises.three(...)", []),
    ("markdown", "## Summary", []),
    ("code", "exercises.after(1)", []),
]


@pytest.fixture
def chapter(tmp_path):
    cells = [
        {"cell_type": kind, "source": text.splitlines(True), "metadata": {"tags": tags} if tags else {}}
        for kind, text, tags in CELLS
    ]
    (tmp_path / "01_a.ipynb").write_text(json.dumps({"cells": cells}))
    return read_chapter(tmp_path / "01_a.ipynb")


def test_a_chapter_has_its_title_and_its_exercises(chapter):
    assert chapter == Chapter("01_a.ipynb", "A title", {1: {"one"}, 2: {"two", "three"}})


def test_an_exercise_is_right_when_all_its_checks_have_passed(chapter):
    assert chapter.right(set()) == chapter.right({"two", "folded"}) == []
    assert chapter.right({"one", "two"}) == [1] and chapter.right({"one", "two", "three"}) == [1, 2]


def test_code_that_is_no_python_shows_nothing():
    assert (
        checks_in("%time exercises.one(1)") == checks_in("exercises.one(") == checks_in("x = exercises.one(1)") == set()
    )
