"""What a chapter asks: its title and its exercises, read from the notebook itself."""

import ast
import json
import re
from contextlib import suppress
from typing import NamedTuple

FOLDED = {"hide-cell", "hide-input"}  # plumbing and solutions
HEADING = re.compile(r"^### Exercise (\d+)\b", re.MULTILINE)


class Chapter(NamedTuple):
    """A notebook's file name, its title, and its exercises, `{number: names of the checks}`."""

    name: str
    title: str
    exercises: dict

    def right(self, passed):
        """The numbers of the exercises all of whose checks are among those that have passed."""
        return [number for number, checks in self.exercises.items() if checks and checks <= passed]


def read_chapter(path):
    """The Chapter of a notebook."""
    title, exercises, number = path.stem, {}, None
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if text.startswith("# "):
                title = text.partition("\n")[0].removeprefix("# ").strip()
            if found := HEADING.search(text):
                number = int(found[1])
                exercises[number] = set()
            elif text.startswith("## "):
                number = None
        elif number is not None and not FOLDED & set(cell["metadata"].get("tags", [])):
            exercises[number] |= checks_in(text)
    return Chapter(path.name, title, exercises)


def checks_in(code):
    """The names of the checks whose verdicts a cell shows: `exercises.NAME(…)` as a statement, or inside `display`."""
    names = set()
    with suppress(SyntaxError):
        for statement in ast.parse(code).body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "display":
                call = call.args[0]
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("exercises."):
                names.add(call.func.attr)
    return names


def read_chapters(folder):
    """The chapters in a folder, in their order."""
    return [read_chapter(path) for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))]
