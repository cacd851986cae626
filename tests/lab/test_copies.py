"""Copies of the course's files: brought up to date where the learner has written nothing, never written over else."""

import json
import multiprocessing
import os
import subprocess
import sys

import pytest

from rnn_course.lab.copies import STATE, Copies, digest
from rnn_course.lab.place import COURSE

NAME = "notebooks/03_bptt.ipynb"


def notebook(*sources, outputs=(), count=None, **metadata):
    """The bytes of a notebook whose code cells have these sources."""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{k}",
            "source": source,
            "outputs": list(outputs),
            "execution_count": count,
            "metadata": metadata,
        }
        for k, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


OLD, NEW, NEWEST = notebook("x = 1", "x"), notebook("x = 2", "x"), notebook("x = 3", "x")
RUN = notebook("x = 1", "x", outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}], count=7, scrolled=True)
MINE = notebook("x = 1", "x", "my own line")


def put(folder, content, name=NAME):
    with Copies(folder) as copies:
        return copies.put(name, content)


def write(folder, content, name=NAME):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def test_what_is_not_there_is_copied(tmp_path):
    assert put(tmp_path, OLD) == (tmp_path / NAME, None)
    assert (tmp_path / NAME).read_bytes() == OLD


def test_an_untouched_copy_follows_the_course(tmp_path):
    put(tmp_path, OLD)
    assert put(tmp_path, NEW).beside is None
    assert (tmp_path / NAME).read_bytes() == NEW


def test_outputs_and_counts_are_no_change_but_are_kept_while_the_course_is_the_same(tmp_path):
    put(tmp_path, OLD)
    write(tmp_path, RUN)
    assert put(tmp_path, OLD).beside is None and (tmp_path / NAME).read_bytes() == RUN
    assert put(tmp_path, NEW).beside is None and (tmp_path / NAME).read_bytes() == NEW


def test_sources_as_a_string_or_as_lines_are_the_same():
    lines = OLD.replace(b'"x = 1"', b'["x ", "= 1"]')
    assert lines != OLD and digest(NAME, lines) == digest(NAME, OLD) != digest(NAME, NEW)


def test_a_picture_pasted_into_a_cell_is_a_change(tmp_path):
    put(tmp_path, OLD)
    cells = json.loads(OLD)
    cells["cells"][0]["attachments"] = {"a.png": {"image/png": "AAAA"}}
    pasted = json.dumps(cells).encode()
    write(tmp_path, pasted)
    assert put(tmp_path, NEW).beside and (tmp_path / NAME).read_bytes() == pasted


def test_what_was_written_stays_and_the_new_version_lies_beside_it_once(tmp_path):
    put(tmp_path, OLD)
    write(tmp_path, MINE)
    assert put(tmp_path, OLD).beside is None
    for _ in range(2):
        assert put(tmp_path, NEW) == (tmp_path / NAME, tmp_path / "notebooks/03_bptt.new.ipynb")
    assert (tmp_path / NAME).read_bytes() == MINE and (tmp_path / "notebooks/03_bptt.new.ipynb").read_bytes() == NEW
    assert put(tmp_path, NEWEST).beside.read_bytes() == NEWEST
    assert sorted(p.name for p in (tmp_path / "notebooks").iterdir()) == ["03_bptt.ipynb", "03_bptt.new.ipynb"]


def test_a_new_version_that_was_deleted_is_not_laid_there_again_before_the_course_changes(tmp_path):
    put(tmp_path, OLD)
    write(tmp_path, MINE)
    put(tmp_path, NEW).beside.unlink()
    assert put(tmp_path, NEW).beside is None
    assert put(tmp_path, NEWEST).beside.read_bytes() == NEWEST


def test_what_was_written_into_the_new_version_stays_too(tmp_path):
    put(tmp_path, OLD)
    write(tmp_path, MINE)
    beside = put(tmp_path, NEW).beside
    beside.write_bytes(notebook("x = 2", "x", "written here"))
    assert put(tmp_path, NEW).beside == beside
    second = put(tmp_path, NEWEST).beside
    assert second.name == "03_bptt.new2.ipynb" and second.read_bytes() == NEWEST
    assert b"written here" in beside.read_bytes() and (tmp_path / NAME).read_bytes() == MINE


def test_a_deleted_copy_is_made_afresh(tmp_path):
    put(tmp_path, OLD).path.unlink()
    put(tmp_path, OLD)
    assert (tmp_path / NAME).read_bytes() == OLD


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b'{"made": 3}', b"\xff\xfe", b'{"made": {"notebooks/03_bptt.ipynb": 1}}']
)
def test_a_lost_memory_costs_nothing(tmp_path, broken):
    """Then whatever is not the course's own version is taken for the learner's."""
    put(tmp_path, OLD)
    (tmp_path / STATE).write_bytes(broken)
    assert put(tmp_path, NEW).beside.read_bytes() == NEW and (tmp_path / NAME).read_bytes() == OLD
    (tmp_path / STATE).write_bytes(broken)
    assert put(tmp_path, OLD).beside is None and (tmp_path / NAME).read_bytes() == OLD


@pytest.mark.parametrize("broken", [b"", b"not a notebook", b'{"cells": 3}', b'{"cells": [{}]}', b"\xff"])
def test_a_copy_that_cannot_be_read_is_the_learners(tmp_path, broken):
    put(tmp_path, OLD)
    write(tmp_path, broken)
    assert put(tmp_path, NEW).beside and (tmp_path / NAME).read_bytes() == broken


def test_other_files_are_compared_by_their_bytes(tmp_path):
    put(tmp_path, b"one", "book/using.md")
    assert put(tmp_path, b"two", "book/using.md").beside is None
    write(tmp_path, b"two, and mine", "book/using.md")
    assert put(tmp_path, b"three", "book/using.md").beside.name == "using.new.md"


def test_nothing_is_written_where_nothing_changes(tmp_path):
    put(tmp_path, OLD)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file() and not p.name.endswith(".lock")}
    put(tmp_path, OLD)
    assert {p: p.stat().st_mtime_ns for p in before} == before


ASKER = """
import sys
from rnn_course.lab.copies import Copies
print("asks", flush=True)
with Copies(sys.argv[1]) as copies:
    print("got", flush=True)
"""


def test_a_start_waits_for_the_other(tmp_path):
    pipes = {"stdout": subprocess.PIPE, "text": True}
    with Copies(tmp_path):
        asker = subprocess.Popen([sys.executable, "-c", ASKER, tmp_path], cwd=COURSE, **pipes)
        assert asker.stdout.readline() == "asks\n"
        with pytest.raises(subprocess.TimeoutExpired):  # a slow machine cannot make this fail
            asker.wait(0.5)
    assert asker.communicate(timeout=60)[0] == "got\n"


def _start(folder, content, turns):
    for _ in range(turns):
        put(folder, content)


@pytest.mark.skipif(os.name == "nt", reason="Windows starts processes in another way")
def test_starts_at_once_end_as_one_does(tmp_path):
    put(tmp_path, OLD)
    fork = multiprocessing.get_context("fork")
    starts = [fork.Process(target=_start, args=(tmp_path, content, 20)) for content in (OLD, NEW, OLD, NEW)]
    for start in starts:
        start.start()
    for start in starts:
        start.join(60)
    assert [start.exitcode for start in starts] == [0, 0, 0, 0]
    assert [p.name for p in (tmp_path / "notebooks").iterdir()] == [
        "03_bptt.ipynb"
    ]  # no start took another's for typed
    put(tmp_path, NEWEST)
    assert (tmp_path / NAME).read_bytes() == NEWEST
