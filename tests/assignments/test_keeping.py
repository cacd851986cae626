"""A report is found again with its key, and with no other: each thing that it hangs on changes the key."""

import json
import shutil
from pathlib import Path

import pytest

from rnn_course.assignments import keeping, marking, specification

EXAMPLES = Path(__file__).parent / "examples"
SECRET = b"sixteen or more bytes"
PART = marking.Part("means", 2.5, 4, marking.WRONG, "So.", ("So.",))
REPORT = marking.Report([PART], [{"cell": 2, "error": "E", "line": "1"}], ["ü"], {"why": "=1"})


@pytest.fixture
def place(tmp_path):
    """A private copy of the assignment, and a notebook."""
    shutil.copytree(EXAMPLES / "means", tmp_path / "means")
    (tmp_path / "a.ipynb").write_text("{}")
    return tmp_path


def key(place, secret=SECRET, engine="limits", student="1", **changes):
    assignment = specification.load("means", place)
    made = keeping.setting(assignment, engine) | changes
    return keeping.key(secret, made, student, place / "a.ipynb")


def test_what_was_kept_is_read_with_its_key_and_no_other(place):
    keeping.write(place / "1.json", "k", REPORT)
    assert keeping.read(place / "1.json", "k") == REPORT
    assert keeping.read(place / "1.json", "other") is None
    assert keeping.read(place / "2.json", "k") is None


@pytest.mark.parametrize("spoilt", [b"", b"[]", b"{}", b'{"key": "k"}', b'{"key": "k", "parts": 3}', b"\xff"])
def test_what_is_spoilt_is_as_if_it_were_not_there(tmp_path, spoilt):
    (tmp_path / "1.json").write_bytes(spoilt)
    assert keeping.read(tmp_path / "1.json", "k") is None


def test_everything_that_a_report_hangs_on_changes_its_key(place):
    first = key(place)
    assert key(place) == first
    others = {
        key(place, secret=b"another secret of a class"),
        key(place, student="01"),
        key(place, engine="bubblewrap"),
        key(place, packages={"numpy": "0"}),
        key(place, course="0"),
    }
    for name in ("means/spec.py", "means/series.csv", "means/means.ipynb", "a.ipynb"):
        old = (place / name).read_text("utf8")
        (place / name).write_text(old + "\n", "utf8")
        others.add(key(place))
        (place / name).write_text(old, "utf8")
    assert len(others) == 9 and first not in others
    (place / "means" / "__pycache__").mkdir(exist_ok=True)
    (place / "means" / "__pycache__" / "x.pyc").write_text("x")
    assert key(place) == first


def test_the_key_tells_nothing_and_the_secret_is_not_kept(place):
    keeping.write(place / "1.json", key(place), REPORT)
    text = (place / "1.json").read_text("utf8")
    assert SECRET.decode() not in text and SECRET.hex() not in text
    assert len(json.loads(text)["key"]) == 64
