"""The instructor's guide is what it says: its small assignment proves itself, its commands exist, its plans add up."""

import itertools
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import proving
import pytest

from rnn_course.cli import main

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("instructor", "jupyterhub", "assignments", "marking")
PAGES = {name: (ROOT / "book" / f"{name}.md").read_text("utf8") for name in NAMES}
GIVEN = {
    "right/matrix.py": """
def average(x, a):
    lag = np.arange(len(x))[:, None] - np.arange(len(x))
    weights = np.where(lag >= 0, a * (1 - a) ** np.maximum(lag, 0), 0)
    weights[:, 0] /= a
    return weights @ x
""",
    "right/step.py": """
def average(x, a):
    s = [x[0]]
    for value in x[1:]:
        s.append(s[-1] + a * (value - s[-1]))
    return s
""",
    "wrong/rolled.py": """# says: the state is not carried on
def average(x, a):
    return a * x + (1 - a) * np.r_[x[0], x[:-1]]
""",
    "wrong/rolled_from_zero.py": """# says: the state is not carried on
# says: Your state starts at 0
def average(x, a):
    return a * x + (1 - a) * np.r_[0, x[:-1]]
""",
    "wrong/mean_so_far.py": """
def average(x, a):
    return np.cumsum(x) / np.arange(1, len(x) + 1)
""",
}


def blocks(language, text):
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


# ---- An assignment of one's own --------------------------------------------------------------------------------------


def cell(kind, source, tags=(), **metadata):
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "source": source, "metadata": {"tags": list(tags)} | metadata} | code


@pytest.fixture
def private(tmp_path):
    """A private folder with the assignment that the page shows."""
    spec, _, solution, recursive, both = blocks(
        "python", PAGES["assignments"].partition("## An assignment of your own")[2]
    )
    cells = [
        cell("code", "import numpy as np"),
        cell("code", "from checks import check", ["check"]),
        cell("code", solution, ["solution"]),
        cell("code", 'check("average", average)', ["check"]),
        cell("markdown", "How far back does it remember?", ["manual"], question="memory"),
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    files = {"spec.py": spec, "average.ipynb": notebook, "right/recursive.py": recursive, "wrong/both.py": both}
    for name, content in (files | GIVEN).items():
        path = tmp_path / "average" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf8")
    return tmp_path


def prove(private):
    """Run the tests of the course's assignments on a private folder, as the page says."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n0",
        "tests/assignments/given/test_given.py",
    ]
    environment = os.environ | {"RNN_COURSE_ASSIGNMENTS": str(private)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
def test_the_assignment_of_the_page_proves_itself(private):
    result = prove(private)
    assert result.returncode == 0, result.stdout
    assert int(re.search(r"(\d+) passed", result.stdout)[1]) > 15


@pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
def test_an_answer_in_a_private_folder_that_is_not_right_is_found(private):
    (private / "average" / "right" / "step.py").write_text("def average(x, a):\n    return x\n", "utf8")
    result = prove(private)
    assert result.returncode == 1 and re.search(r"\b1 failed, \d\d passed", result.stdout), result.stdout


# ---- The course's own ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", proving.NAMES)
def test_the_guide_names_an_assignment_and_its_points(name):
    [points] = re.findall(rf"^\| `{name}` \|.*\| (\d+) \|$", PAGES["assignments"], re.MULTILINE)
    assert int(points) == proving.load(name).maximum


# ---- Commands --------------------------------------------------------------------------------------------------------

LINES = [
    line.partition("#")[0]
    for page in (*PAGES, "using")
    for block in blocks("bash", (ROOT / "book" / f"{page}.md").read_text("utf8"))
    for line in block.splitlines()
    if "rnn-course assignment" in line
]


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_the_guide_is_one(line):
    """It has the arguments and the options that the command wants, and no other."""
    _, name, *words = itertools.dropwhile(lambda word: word != "assignment", shlex.split(line))
    command = main.commands["assignment"].commands[name]
    given, left, _ = command.make_parser(click.Context(command)).parse_args(words)  # raises for an option that is none
    needed = {parameter.name for parameter in command.params if parameter.required}
    assert needed <= {parameter for parameter, value in given.items() if isinstance(value, str)} and not left


def test_the_guide_names_every_command():
    assert {re.search(r"assignment (\w+)", line)[1] for line in LINES} == set(main.commands["assignment"].commands)


# ---- Plans -----------------------------------------------------------------------------------------------------------

CHAPTERS = tomllib.loads((ROOT / "book" / "chapters.toml").read_text("utf8"))["chapter"]
MINUTES = {chapter["title"]: chapter["minutes"] for chapter in CHAPTERS}


@pytest.mark.parametrize("weeks", [4, 8, 14])
def test_a_plan_has_its_weeks_and_the_minutes_of_its_chapters(weeks):
    plan = PAGES["instructor"].partition(f"### {weeks} weeks")[2].partition("\n#")[0]
    rows = [re.split(r" *\| *", line)[1:-1] for line in plan.splitlines() if re.match(r"\| \d", line)]
    assert [int(week) for week, *_ in rows] == list(range(1, weeks + 1))
    seen = []
    for _, chapters, minutes, _, name, hours in rows:
        named = chapters.split(", ") if chapters else []
        assert sum(MINUTES[chapter] for chapter in named) == int(minutes or 0)
        assert bool(name) == bool(hours)
        seen += named
    assert seen == [title for title in MINUTES if title in seen]  # once each, in the order of the course
    assert weeks < 14 or len(seen) == len(MINUTES)
