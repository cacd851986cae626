"""What goes to a comparison of a class's code: what a student wrote, and nothing that was handed out to all."""

import ast
import json
from pathlib import Path

import pytest

from rnn_course.assignments import building, scripts, specification

MEANS = specification.load("means", Path(__file__).parent / "examples")
WHOLE = json.loads((MEANS.folder / "means.ipynb").read_text("utf8"))
HANDED_OUT = building.without_solutions(WHOLE, MEANS)["cells"]
ANSWER = "def means(x):\n    return sum(x) / len(x)"


def code(source, *tags):
    return {"cell_type": "code", "source": source, "metadata": {"tags": list(tags)}}


def collect(folder, **submissions):
    """A folder of collected notebooks, each given by its cells or by its bytes."""
    for id, content in submissions.items():
        path = folder / id / "means.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps({"cells": content}).encode())
    return folder


def script(out, id):
    return (out / "submissions" / id / "means.py").read_text("utf8")


def test_a_script_holds_what_a_student_wrote_and_the_base_what_was_handed_out(tmp_path):
    collected = collect(tmp_path / "S", ann=[*HANDED_OUT, code(ANSWER)], bo=WHOLE["cells"])
    found = scripts.scripts(MEANS, collected, tmp_path / "out")
    assert found.written == [tmp_path / "out" / "submissions" / id / "means.py" for id in ("ann", "bo")]
    assert found.notes == []
    assert script(tmp_path / "out", "ann") == f"{ANSWER}\n"
    solutions = ["".join(cell["source"]) for cell in WHOLE["cells"] if "solution" in cell["metadata"].get("tags", ())]
    assert script(tmp_path / "out", "bo") == "\n\n\n".join(solutions) + "\n"
    base = (tmp_path / "out" / "base" / "means.py").read_text("utf8")
    assert [line for line in base.splitlines() if line.startswith(("import", "from", "def", "check"))] == [
        "import numpy as np",
        "from checks import check",
        "def means(x):",
        'check("means", means)',
        "def without_mean(x, W):",
        'check("without_mean", without_mean)',
    ]
    assert "return" not in base


@pytest.mark.parametrize("changed", ["{}\n", "  {}", "{}   \n\n"])
def test_a_cell_that_was_handed_out_is_known_whatever_blanks_and_tags_it_has(tmp_path, changed):
    cells = [code(changed.format("".join(cell["source"]))) for cell in HANDED_OUT if cell["cell_type"] == "code"]
    scripts.scripts(MEANS, collect(tmp_path / "S", ann=[*cells, code(ANSWER)]), tmp_path / "out")
    assert script(tmp_path / "out", "ann") == f"{ANSWER}\n"


def test_text_and_cells_that_are_not_run_are_no_code_of_theirs(tmp_path):
    cells = [{"cell_type": "markdown", "source": "a = 1", "metadata": {}}, code("b = 1", "check"), code("c = 1")]
    scripts.scripts(MEANS, collect(tmp_path / "S", ann=cells), tmp_path / "out")
    assert script(tmp_path / "out", "ann") == "c = 1\n"


def test_every_script_is_python_and_says_what_is_not_in_it(tmp_path):
    cells = [code("%matplotlib inline\n!ls"), code("def means(x:"), code("é = 1"), code("a = '\ud800'")]
    found = scripts.scripts(MEANS, collect(tmp_path / "S", ann=cells), tmp_path / "out")
    tree = ast.parse(script(tmp_path / "out", "ann"))
    assert len(tree.body) == 4 and "é = 1" in script(tmp_path / "out", "ann")
    assert found.notes == ["ann: cell 2 is no Python and is left out"]


@pytest.mark.filterwarnings("error")
def test_what_python_only_warns_of_stays(tmp_path):
    scripts.scripts(MEANS, collect(tmp_path / "S", ann=[code("a = '\\d'")]), tmp_path / "out")
    assert script(tmp_path / "out", "ann") == "a = '\\d'\n"


def test_whoever_has_nothing_to_compare_gets_a_note_and_no_script(tmp_path):
    collected = collect(tmp_path / "S", ann=[code(ANSWER)], bo=b"PK\x03\x04", li=HANDED_OUT, mo=[code("((")])
    (collected / "no" / "means.ipynb").mkdir(parents=True)
    found = scripts.scripts(MEANS, collected, tmp_path / "out")
    assert [path.parent.name for path in found.written] == ["ann"]
    said = dict(note.split(": ", 1) for note in found.notes)
    assert list(said) == ["bo", "li", "mo", "no"]
    assert said["bo"] == "The file is no Jupyter notebook: it is not written in JSON."
    assert said["li"] == "there is no code of their own in it"
    assert said["mo"] == "cell 1 is no Python and is left out"


def test_a_script_of_an_earlier_call_is_not_compared_again(tmp_path):
    collected = collect(tmp_path / "S", ann=[code(ANSWER)], bo=[code(ANSWER)])
    scripts.scripts(MEANS, collected, tmp_path / "out")
    (collected / "bo" / "means.ipynb").write_bytes(b"")
    scripts.scripts(MEANS, collected, tmp_path / "out")
    assert [path.parent.name for path in (tmp_path / "out").glob("submissions/*/*.py")] == ["ann"]


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_a_folder_without_notebooks_is_refused(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"^collected is '.*', it must be a folder with notebooks ID/means\.ipynb$"):
        scripts.scripts(MEANS, tmp_path / folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()
