"""The table of chapters: it names the notebooks that are there, and the pages say what it says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import chapters  # noqa: E402

WRITTEN, TO_COME = chapters.read_table()


def prerequisites(chapter):
    """The cell of the notebook that says what it needs and how long it takes."""
    cells = json.loads((ROOT / f"{chapters.notebook(chapter)}.ipynb").read_text("utf8"))["cells"]
    [text] = [text for cell in cells if (text := "".join(cell["source"])).startswith("## Prerequisites and time")]
    return text


def test_the_table_names_the_notebooks_that_are_there():
    there = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert [Path(chapters.notebook(chapter)).name for chapter in WRITTEN] == there
    assert there[0] == "01_background"


def test_numbers_and_stems_are_used_once():
    for key in ("number", "stem", "title"):
        values = [chapter[key] for chapter in WRITTEN + TO_COME]
        assert len(set(values)) == len(values)


@pytest.mark.parametrize("chapter", WRITTEN, ids=lambda chapter: chapter["stem"])
def test_a_notebook_says_of_itself_what_the_table_says(chapter):
    text = prerequisites(chapter)
    assert f"Plan {chapter['minutes']} minutes" in text
    linked = re.findall(r"\(\d\d_(\w+)\.ipynb", text)
    assert set(chapter["builds_on"]) <= set(linked)


@pytest.mark.parametrize("page", chapters.PAGES, ids=lambda page: page.name)
def test_a_page_is_as_the_table_writes_it(page):
    text = page.read_text("utf8")
    assert chapters.filled(page, text, WRITTEN, TO_COME) == text, "run tools/chapters.py (make chapters)"


@pytest.mark.parametrize("page", chapters.PAGES, ids=lambda page: page.name)
def test_a_chapter_more_or_less_in_the_table_is_one_more_or_less_on_the_page(page):
    new = {"number": 10, "stem": "new", "title": "LSTM news", "after": "know it", "builds_on": ["faq", "bptt"]}
    new |= {"minutes": 45, "data": "tides", "discuss": "What is new?"}
    text = chapters.filled(page, page.read_text("utf8"), [*WRITTEN, new], [])
    assert "notebooks/10_new" in text and "to come" not in text.lower()
    assert text.count("notebooks/09_faq") == 1
    if page.suffix == ".md":
        assert "\n| [LSTM news](" + "../" * (page.parent != ROOT) + "notebooks/10_new.ipynb) |" in text
    if page.name == "instructor.md":
        assert "| frequent questions, backpropagation through time | 45 min | tides |" in text
        assert "- *LSTM news:* What is new?" in text
    assert chapters.filled(page, text, WRITTEN, TO_COME) == page.read_text("utf8")


def test_the_contents_name_the_chapters_between_the_other_pages():
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text("utf8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert [name for name in files if name.startswith("notebooks/")] == [chapters.notebook(c) for c in WRITTEN]


def test_every_question_runs_alone_after_the_first_code_cell():
    """No name of another section is used: what ruff calls undefined, in the first code cell and one section's code."""
    path = ROOT / f"{next(chapters.notebook(c) for c in WRITTEN if c['stem'] == 'faq')}.ipynb"
    first, sections = None, {}
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            title = text.partition("\n")[0] if text.startswith("## ") else None
            if title:
                code = sections[title] = []
        elif first is None:
            first = text
        else:
            code.append(text)
    assert len(sections) > 12
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "F821",
        "--output-format",
        "concise",
        "-",
    ]
    for title, code in sections.items():
        alone = "\n".join([first, *code])
        result = subprocess.run(command, input=alone, capture_output=True, text=True, encoding="utf-8")
        assert result.returncode == 0, f"{title} alone: {result.stdout}{result.stderr}"
