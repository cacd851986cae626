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

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WIDTH = 82  # columns that fit the page of the site at 1280 pixels; notebooks/ruff.toml has it for ruff
LINES = 15  # of code in a cell that is in view: it shows one idea
FOLDED = {"hide-input", "hide-cell"}  # plumbing and solutions

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path):
    """(lines, whether it is folded) of each code cell."""
    cells = [cell for cell in json.loads(path.read_text("utf8"))["cells"] if cell["cell_type"] == "code"]
    return [
        ("".join(cell["source"]).split("\n"), bool(FOLDED & set(cell["metadata"].get("tags", [])))) for cell in cells
    ]


def test_code_fits_the_page(path):
    assert not [line for lines, _ in code_cells(path) for line in lines if len(line) > WIDTH]


def test_a_cell_shows_one_idea(path):
    """Blank lines do not count; what is folded may be longer."""
    shown = ([line for line in lines if line.strip()] for lines, folded in code_cells(path) if not folded)
    assert not ["\n".join(lines) for lines in shown if len(lines) > LINES]


def test_notebook_is_committed_without_outputs(path):
    command = [sys.executable, "-m", "nbstripout", "--verify", str(path)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"run .venv/bin/nbstripout {path.relative_to(ROOT)}\n{result.stdout}"


def test_notebook_runs_on_the_kernel_that_every_jupyter_has(path):
    notebook = json.loads(path.read_text("utf8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


def test_folded_cells_are_folded_in_jupyterlab_and_in_the_book(path):
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        tags = set(cell["metadata"].get("tags", []))
        hidden_in_lab = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
        assert hidden_in_lab == bool(tags & FOLDED), "".join(cell["source"])[:80]


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


def test_a_predict_takes_a_guess_and_is_answered(path):
    """At the end of its cell a box with choices or a place to write; then code alone; then a dropdown that says what
    happened, at the head of its cell. No other dropdown says that."""
    texts = markdown_and_code(path)
    asking = [k for k, text in enumerate(texts) if text and "{admonition} Predict" in text]
    assert len(asking) >= 5
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
