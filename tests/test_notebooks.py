"""The notebooks: without outputs, narrow enough for the page, right in JupyterLab and in the book, stubs met kindly."""

import ast
import builtins
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_course.exercises.verdict import NOTHING_YET
from rnn_course.lab.chapters import checks_in, read_chapter

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = sorted((ROOT / "book").glob("*.ipynb"))  # of the book, which calculate
WIDTH = 82  # columns that fit the page of the site at 1280 pixels; notebooks/ruff.toml has it for ruff
LINES = 15  # of code in a cell that is in view: it shows one idea
FOLDED = {"hide-input", "hide-cell"}  # plumbing and solutions

every_notebook = pytest.mark.parametrize("path", CHAPTERS + PAGES, ids=lambda path: path.stem)
every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def code_cells(path):
    """(lines, whether it is folded) of each code cell."""
    cells = [cell for cell in json.loads(path.read_text("utf8"))["cells"] if cell["cell_type"] == "code"]
    return [
        ("".join(cell["source"]).split("\n"), bool(FOLDED & set(cell["metadata"].get("tags", [])))) for cell in cells
    ]


@every_notebook
def test_code_fits_the_page(path):
    assert not [line for lines, _ in code_cells(path) for line in lines if len(line) > WIDTH]


@every_notebook
def test_a_cell_shows_one_idea(path):
    """Blank lines do not count; what is folded may be longer."""
    shown = ([line for line in lines if line.strip()] for lines, folded in code_cells(path) if not folded)
    assert not ["\n".join(lines) for lines in shown if len(lines) > LINES]


@every_notebook
def test_notebook_is_committed_without_outputs(path):
    command = [sys.executable, "-m", "nbstripout", "--keep-id", "--verify", str(path)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"run .venv/bin/nbstripout --keep-id {path.relative_to(ROOT)}\n{result.stdout}"


@every_notebook
def test_notebook_runs_on_the_kernel_that_every_jupyter_has(path):
    notebook = json.loads(path.read_text("utf8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


@every_notebook
def test_folded_cells_are_folded_in_jupyterlab_and_in_the_book(path):
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        tags = set(cell["metadata"].get("tags", []))
        hidden_in_lab = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
        assert hidden_in_lab == bool(tags & FOLDED), "".join(cell["source"])[:80]


@every_notebook
def test_markdown_reads_right_in_jupyterlab_too(path):
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            for markup in ["<details", "{term}`", "{doc}`", "{ref}`", "{numref}`"]:
                assert markup not in text, f"{markup} is lost or dead in JupyterLab: {text[:80]}"


BOX = re.compile(
    r":::\{admonition\} [^\n]+\n:class: predict\n(?P<question>.+?)\n\n"
    r"(?P<guess>(?:- \[ \] [^\n]+\n){2,6}|[^\n]+ …\n):::",
    re.DOTALL,
)
HAPPENED = ":::{dropdown} What happened\n"


def markdown_and_code(path):
    """The text of each cell, of a code cell None."""
    cells = json.loads(path.read_text("utf8"))["cells"]
    return ["".join(cell["source"]) if cell["cell_type"] == "markdown" else None for cell in cells]


def after_code(texts):
    """The first Markdown cell among these."""
    return next((text for text in texts if text is not None), "")


@every_notebook
def test_a_predict_takes_a_guess_and_is_answered(path):
    """At the end of its cell a box with choices or a place to write; then code alone; then a dropdown that says what
    happened, at the head of its cell. No other dropdown says that."""
    texts = markdown_and_code(path)
    asking = [k for k, text in enumerate(texts) if text and "{admonition} Predict" in text]
    assert len(asking) >= (5 if path in CHAPTERS else 1)
    for k in asking:
        before, opening, rest = texts[k].rpartition(":::{admonition}")
        box = BOX.fullmatch(opening + rest)
        assert box and "{admonition}" not in before, texts[k][-300:]
        choices = box["guess"].splitlines()
        assert len(set(choices)) == len(choices)
        assert after_code(texts[k + 1 :]).startswith(HAPPENED), box["question"]
    answered = [k for k, text in enumerate(texts) if text and text.startswith(HAPPENED)]
    assert len(answered) == len(asking) == "".join(filter(None, texts)).count(HAPPENED)


def untouched(path):
    """The cells that end in the call of a check and have a `...` in them, as lists of statements."""
    cells = [ast.parse("\n".join(lines)).body for lines, folded in code_cells(path) if not folded]
    for cell in cells:
        gaps = [
            node for part in cell for node in ast.walk(part) if isinstance(node, ast.Constant) and node.value is ...
        ]
        if gaps and isinstance(cell[-1], ast.Expr) and ast.unparse(cell[-1]).startswith("exercises."):
            yield cell


class Computed(float):
    """What earlier cells would have computed: a number, and a table of it."""

    def __getitem__(self, name):
        return self


class Names(dict):
    """Names as they are known, all others as `Computed`."""

    def __missing__(self, name):
        return Computed(1)


@every_chapter
def test_a_learner_who_has_written_nothing_is_told_so(path):
    statements = [node for lines, _ in code_cells(path) for node in ast.parse("\n".join(lines)).body]
    imports = [node for node in statements if isinstance(node, ast.Import | ast.ImportFrom)]
    stubs = list(untouched(path))
    assert len(stubs) >= 3
    for cell in stubs:
        space = {}
        own = [node for node in cell if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign)]
        gaps = [node for node in own if not isinstance(node, ast.Assign) or ast.unparse(node.value) == "..."]
        exec(compile(ast.Module(imports + gaps, []), path.name, "exec"), space)
        shown = [node for statement in cell if isinstance(statement, ast.Expr) for node in ast.walk(statement)]
        calls = [node for node in shown if isinstance(node, ast.Call) and ast.unparse(node).startswith("exercises.")]
        for call in calls:
            known = Names(vars(builtins) | space)
            verdict = eval(compile(ast.Expression(call), path.name, "eval"), space, known)
            assert not verdict.passed and verdict.message == NOTHING_YET, (ast.unparse(call), verdict)
            assert verdict.check == call.func.attr, "what passes is noted under this name"


def exercises_of(path):
    """(number, code of the learner's cells, code of the solution's cells) of each exercise."""
    found, number = [], None
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            heading = re.search(r"^### Exercise (\d+)", text, re.MULTILINE)
            if heading:
                found.append((int(heading[1]), [], []))
            number = heading or (number if not text.startswith("## ") else None)
        elif number:
            found[-1][1 + bool(FOLDED & set(cell["metadata"].get("tags", [])))].append(cell)
    return found


def code_of(cells):
    return "\n".join("".join(cell["source"]) for cell in cells)


def defined(code):
    """The functions, classes and names that a piece of code makes at its top level."""
    made = [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign)]
    return {
        name for node in made for name in ([node.name] if hasattr(node, "name") else map(ast.unparse, node.targets))
    }


@every_chapter
def test_the_start_page_knows_every_exercise_and_its_checks(path):
    chapter = read_chapter(path)
    assert (
        list(chapter.exercises)
        == [number for number, *_ in exercises_of(path)]
        == list(range(1, len(chapter.exercises) + 1))
    )
    assert all(chapter.exercises.values()) and path.name == chapter.name and chapter.title != path.stem


@every_chapter
def test_names_of_checks_are_used_once(path):
    others = [read_chapter(other) for other in CHAPTERS if other != path]
    taken = {name for other in others for checks in other.exercises.values() for name in checks}
    assert not taken & set().union(*read_chapter(path).exercises.values())


@every_chapter
def test_a_solution_is_run_and_checked_and_shows_nothing_to_who_has_not_solved_it(path):
    """It asserts that every check passes, shows no verdict, keeps what it prints shut, and is no answer of theirs."""
    for number, own, solution in exercises_of(path):
        code = code_of(solution)
        passed = {
            node.value.func.attr
            for statement in ast.walk(ast.parse(code))
            if isinstance(statement, ast.Assert)
            for node in ast.walk(statement)
            if isinstance(node, ast.Attribute) and node.attr == "passed" and isinstance(node.value, ast.Call)
        }
        assert passed == read_chapter(path).exercises[number], f"exercise {number}"
        assert not checks_in(code) and "verdict" not in code
        assert not defined(code) & defined(code_of(own)), f"exercise {number}: the solution takes the learner's name"
        for cell in solution:
            assert "".join(cell["source"]).startswith("# Solution: ") and cell["metadata"]["jupyter"]["outputs_hidden"]
            assert cell["metadata"]["mystnb"]["code_prompt_show"] == "Show the solution"


@every_chapter
def test_a_cell_with_a_check_shows_it_alone_and_the_site_does_not(path):
    """On the site nothing can be run, and nobody is told to."""
    for _, own, _ in exercises_of(path):
        for cell in own:
            code = "".join(cell["source"])
            assert ("remove-output" in cell["metadata"].get("tags", [])) == bool(checks_in(code)), code
            calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)}
            assert not (checks_in(code) and "print" in calls)
