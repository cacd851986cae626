"""Record what hostile submissions get: a page of the instructor's guide.

    python tools/record_hostile.py

Each of tests/hostile.py is marked in bubblewrap, with which this machine must keep them apart. Under two minutes.
"""

import platform
import re
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import hostile  # noqa: E402
from boxes import why_not  # noqa: E402

from rnn_course import files  # noqa: E402

ENGINE = "bubblewrap"
OUT = ROOT / "book" / "hostile.md"
LENGTH = 110  # characters of a report's line that the table has
TOP = """# Hostile submissions

<!-- written by tools/record_hostile.py -->

What submissions that attack got when they were marked. Points that one *earned* are those of its right answers: an
attack takes nothing from them, and adds nothing. [Marking](marking.md#what-keeps-submissions-apart) says what keeps
them apart.
"""
HEAD = ["What the submission does", "Earned", "Got", "What its report says first"]


def row(name, submission):
    """What a submission does, the points that it earned and got, and the first line of its report that says it."""
    with tempfile.TemporaryDirectory() as folder:
        report = hostile.marked(submission, ENGINE, Path(folder))
    lines = [line for line in hostile.told(report) if submission.says in line]
    print(f"{report.points:g} of {sum(submission.earned):g}: {name}", flush=True)
    return [shown(name), f"{sum(submission.earned):g}", f"{report.points:g}", shown(lines[0])]


def shown(line):
    """A line as text of a Markdown table: nothing of it is read as markup."""
    line = " ".join(line.split())
    line = line if len(line) <= LENGTH else line[: LENGTH - 1] + "…"
    return re.sub(r"([\\`*_{}\[\]<>|$~&^])", r"\\\1", line)


def table(rows):
    return [f"| {' | '.join(cells)} |" for cells in [HEAD, ["---", "---:", "---:", "---"], *rows]]


def main():
    if reason := why_not(ENGINE):
        sys.exit(f"{ENGINE}: {reason}")
    rows = [row(name, submission) for name, submission in hostile.SUBMISSIONS.items()]
    wrong = [name for name, earned, got, _ in rows if earned != got]
    version = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    where = f"{version}, Linux {platform.release()}, Python {platform.python_version()}, NumPy {np.__version__}"
    said = (
        f"{len(rows)} submissions, {len(wrong)} of which got other points than they earned ({where}; {date.today()})."
    )
    files.write(OUT, "\n".join([TOP, said, "", *table(rows), ""]))


if __name__ == "__main__":
    main()
