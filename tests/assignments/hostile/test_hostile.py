"""Whatever a submission does, it gets the points that it earned, and the next one is marked as ever."""

import dataclasses
import os
import time
from pathlib import Path

import psutil
import pytest
from boxes import QUICK, contents, engine_or_skip
from hostile import ALL, MEANS, REST, SUBMISSIONS, Hostile

from rnn_course.assignments import marking, specification

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
EXAMPLES = Path(__file__).parent.parent / "examples"
SECRET = b"sixteen or more bytes"
PLANTS = (
    "/",
    "/tmp",
    "/dev",
    "/dev/shm",
    "/var/tmp",
    "/usr/lib",
)  # outside, where a submission tries to leave something
CASES = [(name, engine) for name in SUBMISSIONS for engine in ("limits", "bubblewrap")]
NEXT = Hostile([MEANS, REST])


def marked(submission, engine, folder):
    path = folder / "means.ipynb"
    path.write_bytes(submission.content())
    limits = QUICK._replace(seconds=submission.seconds)
    assignment = dataclasses.replace(specification.load("means", EXAMPLES), limits=limits)
    return marking.mark(assignment, "007", path, SECRET, engine, contents(folder / "code"))


def told(report):
    errors = [f"in cell {error['cell']}: {error['error']}" for error in report.errors]
    return "\n".join([*(part.message for part in report.parts), *errors, *report.notes])


def left_running(code):
    """Processes that were started with a folder of code: outside it stands in their words, inside in their mounts."""
    place, found = "/".join(code.parts[-4:]), []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), Path(f"/proc/{process.pid}/mountinfo").read_text()]
        except (psutil.Error, OSError):
            continue
        if any(place in word for word in words):
            found.append(process)
    return found


@pytest.mark.parametrize(("name", "engine"), [(n, e) for n, e in CASES if e != "limits" or not SUBMISSIONS[n].walls])
def test_a_hostile_submission_gets_what_it_earned_and_leaves_nothing(name, engine, tmp_path):
    engine_or_skip(engine)
    submission, before = SUBMISSIONS[name], sorted(os.listdir(tmp_path))
    report = marked(submission, engine, tmp_path)
    assert [part.points for part in report.parts] == list(submission.earned), told(report)
    assert submission.says in told(report)
    if submission.earned == ALL and not submission.says:
        assert "in cell" not in told(report), told(report)
    told(report).encode("utf8")
    if submission.walls:
        until = time.monotonic() + 5
        while (left := left_running(tmp_path / "code")) and time.monotonic() < until:
            time.sleep(0.05)
        assert not left
    assert sorted(os.listdir(tmp_path)) == [*before, "code", "means.ipynb"]
    assert not [name for place in PLANTS if os.path.isdir(place) for name in os.listdir(place) if "planted" in name]
    report = marked(NEXT, engine, tmp_path)
    assert [part.points for part in report.parts] == list(ALL) and not report.errors
