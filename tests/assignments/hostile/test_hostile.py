"""Whatever a submission does, it gets the points that it earned, and the next one is marked as ever."""

import os
import re
from pathlib import Path

import pytest
from boxes import engine_or_skip, left_running
from hostile import ALL, MEANS, REST, SUBMISSIONS, Hostile, marked, told

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
RECORD = Path(__file__).parents[3] / "book" / "hostile.md"  # by tools/record_hostile.py
PLANTS = (
    "/",
    "/tmp",
    "/dev",
    "/dev/shm",
    "/var/tmp",
    "/usr/lib",
)  # outside, where a submission tries to leave something
CASES = [(name, "bubblewrap") for name in SUBMISSIONS]
CASES += [(name, "limits") for name, submission in SUBMISSIONS.items() if not submission.walls]
NEXT = Hostile([MEANS, REST])


@pytest.mark.parametrize(("name", "engine"), CASES)
def test_a_hostile_submission_gets_what_it_earned_and_leaves_nothing(name, engine, tmp_path):
    engine_or_skip(engine)
    submission, before = SUBMISSIONS[name], sorted(os.listdir(tmp_path))
    report = marked(submission, engine, tmp_path)
    lines = "\n".join(told(report))
    assert [part.points for part in report.parts] == list(submission.earned), lines
    assert submission.says in lines.encode("utf8").decode("utf8")
    assert submission.says or submission.earned != ALL or not report.errors, lines
    if engine != "limits":  # without walls a child may go on
        assert not left_running(tmp_path / "code")
    assert sorted(os.listdir(tmp_path)) == [*before, "code", "means.ipynb"]
    assert not [name for place in PLANTS if os.path.isdir(place) for name in os.listdir(place) if "planted" in name]
    report = marked(NEXT, engine, tmp_path)
    assert [part.points for part in report.parts] == list(ALL) and not report.errors


def test_the_table_of_the_guide_has_each_of_them():
    rows = [line.split(" | ") for line in RECORD.read_text("utf8").splitlines() if line.startswith("| ")]
    found = {re.sub(r"\\(.)", r"\1", name.removeprefix("| ")): (earned, got) for name, earned, got, *_ in rows[2:]}
    assert found == {name: (f"{sum(s.earned):g}",) * 2 for name, s in SUBMISSIONS.items()}
