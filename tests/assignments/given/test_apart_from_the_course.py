"""What others get of the course, the wheel, the site, a learner's folder, holds no assignment and no task's answer."""

import ast
import functools
import importlib
import json
import tomllib
from contextlib import suppress
from pathlib import Path

import numpy as np
import proving
import pytest
import yaml
from setuptools import find_packages

from rnn_course.lab import Learner

ROOT = proving.SOURCE.parent
TASKS = {f"{name}: {task.name}": task for name in proving.NAMES for task in proving.load(name).tasks}
CHAPTERS = [*sorted((ROOT / "notebooks").glob("*.ipynb")), *sorted((ROOT / "book").glob("*.ipynb"))]
MODULES = sorted((ROOT / "rnn_course").rglob("*.py"))


def of_an_assignment(path):
    """Whether a path is in `assignments/` or called as a file that only an assignment has."""
    own = {file.name for name in proving.NAMES for file in (proving.SOURCE / name).iterdir()}
    return Path(path).resolve().is_relative_to(proving.SOURCE) or Path(path).name in own


@functools.cache
def trees(path):
    """The syntax of a module, or of each cell of a notebook that is plain Python."""
    if path.suffix == ".py":
        return [ast.parse(path.read_text("utf8"))]
    cells = [cell for cell in json.loads(path.read_text("utf8"))["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in cells]
    return [ast.parse(source) for source in sources if not source.lstrip().startswith(("%", "!"))]


def called(name, path):
    """The functions of this name that a module or a chapter defines; a chapter's with NumPy and nothing else."""
    for tree in trees(path):
        found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
        for node in found:
            if path.suffix == ".py":
                parts = path.relative_to(ROOT).with_suffix("").parts
                yield getattr(importlib.import_module(".".join(parts)), name)
            else:
                made = {"np": np}
                with suppress(NameError):  # of a default, say: then it is no answer that stands by itself
                    exec(compile(ast.Module([node], []), str(path), "exec"), made)
                    yield made[name]


def imported(tree):
    """The packages that anything in it imports from, by their first names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def test_there_is_something_to_keep_apart():
    assert TASKS and of_an_assignment(proving.SOURCE / proving.NAMES[0] / "spec.py")


def test_the_wheel_has_no_assignment():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["tool"]["setuptools"]
    packages = find_packages(str(ROOT), **settings["packages"]["find"])
    assert "rnn_course.assignments" in packages  # what marks them is in it
    assert {package.partition(".")[0] for package in packages} == {"rnn_course"}
    data = [path for form in settings["package-data"]["rnn_course"] for path in (ROOT / "rnn_course").glob(form)]
    assert data and not [path for path in data if of_an_assignment(path)]


def test_the_site_has_no_assignment():
    """The repository is the folder of the site's sources: what it takes is said in its settings."""
    sphinx = yaml.safe_load((ROOT / "book" / "_config.yml").read_text("utf8"))["sphinx"]["config"]
    sources = [path for form in sphinx["include_patterns"] for path in ROOT.glob(form)]
    assert set(CHAPTERS) <= set(sources) and not [path for path in sources if of_an_assignment(path)]
    assert "assignments/" not in (ROOT / "book" / "_toc.yml").read_text("utf8")
    shown = {path for folder in ("_static", "_extra", "images") for path in (ROOT / "book" / folder).rglob("*")}
    assert shown and not [path for path in shown if of_an_assignment(path)]


def test_a_learners_folder_has_no_assignment(tmp_path):
    Learner(tmp_path / "mine").open()
    copies = [path for path in (tmp_path / "mine").rglob("*") if path.is_file()]
    assert len(copies) > len(CHAPTERS) and not [path for path in copies if of_an_assignment(path)]


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_what_the_course_calls_as_a_student_is_asked_to_does_something_else(task):
    exercise = task.exercise(np.random.default_rng(0))
    for path in [*MODULES, *CHAPTERS]:
        for function in called(task.name, path):
            assert not exercise.check(function).passed, path.relative_to(ROOT).as_posix()


def test_a_function_that_answers_is_found(tmp_path):
    """The test above would see an answer in a chapter."""
    task = next(iter(TASKS.values()))
    path = tmp_path / "chapter.ipynb"
    cell = {"cell_type": "code", "source": f"def {task.name}(*given):\n    return np.zeros(3)"}
    path.write_text(json.dumps({"cells": [cell]}), "utf8")
    assert [function().tolist() for function in called(task.name, path)] == [[0, 0, 0]]
    assert task.exercise(np.random.default_rng(0)).check(task.reference).passed


def test_nothing_of_the_course_imports_from_an_assignment():
    found = {path: {name for tree in trees(path) for name in imported(tree)} for path in [*MODULES, *CHAPTERS]}
    assert found[ROOT / "rnn_course" / "training.py"] >= {"torch"}
    own = {proving.SOURCE.name, *proving.NAMES}
    assert not {path.relative_to(ROOT).as_posix() for path, names in found.items() if names & own}
