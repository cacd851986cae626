"""A notebook is read as data, whatever is in it."""

import json
from pathlib import Path

import pytest

from rnn_course.assignments import notebook

MEANS = Path(__file__).parent / "examples" / "means" / "means.ipynb"


def written(path, *cells):
    path.write_text(json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def code(source, *tags, **metadata):
    return {"cell_type": "code", "source": source, "metadata": {"tags": list(tags)} | metadata}


def text(source, *tags, **metadata):
    return code(source, *tags, **metadata) | {"cell_type": "markdown"}


def test_cells_that_are_run_and_answers_that_are_read():
    found = notebook.read(MEANS)
    assert [cell.splitlines()[0] for cell in found.cells] == [
        "import numpy as np",
        "def means(x):",
        "def without_mean(x, W):",
    ]
    assert found.numbers == [2, 5, 7]
    assert list(found.answers) == ["why"] and "Why over time?" in found.answers["why"]


def test_a_source_in_lines_and_a_cell_without_anything(tmp_path):
    path = written(tmp_path / "n", code(["a = 1\n", "b = 2"]), {"cell_type": "raw"}, {"cell_type": "code"})
    assert notebook.read(path).cells == ["a = 1\nb = 2", ""]


def test_an_answer_in_two_cells_is_joined(tmp_path):
    path = written(tmp_path / "n", text("one", "manual", question="q"), code("two", "manual", question="q"))
    assert notebook.read(path).answers == {"q": "one\n\ntwo"}


def test_where_a_name_is_defined(tmp_path):
    path = written(
        tmp_path / "n",
        code("def f(x):\n    ..."),
        code("x = 1\ndef f (x): ..."),
        text("def g(x):"),
        code("h == 3; hh = 4"),
    )
    found = notebook.read(path)
    assert [found.defined(name) for name in "fgh"] == [(2, 0), (0, 1), (0, 0)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"no json",
        b"[" * 100_000,
        b"[]",
        b"3",
        b"{}",
        b'{"cells": 3}',
        b'{"cells": [3]}',
        b'{"cells": [{}]}',
        b'{"cells": [{"cell_type": "code", "source": 3}]}',
        b'{"cells": [{"cell_type": "code", "metadata": {"tags": 3}}]}',
    ],
)
def test_what_is_no_notebook_is_told(tmp_path, content):
    (tmp_path / "n").write_bytes(content)
    with pytest.raises(notebook.Unreadable, match="The file is no Jupyter notebook"):
        notebook.read(tmp_path / "n")


def test_a_file_or_a_code_that_is_far_too_long_is_told(tmp_path, monkeypatch):
    path = written(tmp_path / "n", code("#" * (notebook.CODE + 1)))
    with pytest.raises(notebook.Unreadable, match="more than 2000 cells or 1000000 characters of code"):
        notebook.read(path)
    with pytest.raises(notebook.Unreadable, match="more than 2000 cells or 1000000 characters of code"):
        notebook.read(written(tmp_path / "many", *[code("x")] * (notebook.CELLS + 1)))
    monkeypatch.setattr(notebook, "MOST", 1000)
    with pytest.raises(notebook.Unreadable, match="The file has 1 MB"):
        notebook.read(path)


def test_magics_that_would_take_hours_to_read_are_not_read(tmp_path):
    path = written(tmp_path / "n", *[code("!ls\n" * 50 + "x = 1\n" * 2000)] * 2)
    with pytest.raises(notebook.Unreadable, match="more lines with magics"):
        notebook.read(path)


def test_half_a_character_and_the_character_zero_are_replaced(tmp_path):
    found = notebook.read(written(tmp_path / "n", text("a\0\ud800b", "manual", question="q"), code("x = '\ud800'")))
    assert found.answers == {"q": "a\N{REPLACEMENT CHARACTER}?b"} and found.cells == ["x = '?'"]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("x = 5 % 3\ny = 'a?'", "x = 5 % 3\ny = 'a?'"),
        ("%%time\nx = 1", "get_ipython().run_cell_magic('time', '', 'x = 1\\n')\n"),
        ("!rm -rf /\nx = 1", "get_ipython().system('rm -rf /')\nx = 1\n"),
        ("%matplotlib inline", "get_ipython().run_line_magic('matplotlib', 'inline')\n"),
        ("x = (7\n% 4)", "x = (7\n% 4)\n"),
        ("text = '''\n!ls\n'''", "text = '''\n!ls\n'''\n"),
        ("def broken(:\n!ls", None),
    ],
)
def test_magics_become_calls_and_nothing_else_changes(source, wanted):
    assert notebook.plain(source) == wanted or (wanted is None and "broken" in notebook.plain(source))
