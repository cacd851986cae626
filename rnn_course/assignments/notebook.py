"""Reads a student's notebook as data: which cells are run, which are read by a person, and what is odd about it."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager

MOST = 20_000_000  # bytes of a notebook
CODE = 1_000_000  # characters of code that are run
CELLS = 2_000  # cells that are run
MAGICS = 1_000_000  # lines with magics times characters of their cells: IPython reads a cell again for every such line
SPECIAL = re.compile(r"^\s*[%!?]|=\s*[%!]|\?\s*$")
STUB = "...  # your answer goes here"  # in the place of a solution, as it is handed out
LEFT_OUT = ("check", "skip-marking", "solution-only")


class Unreadable(ValueError):
    """A file that is no notebook; its text is the sentence that says why."""


class Notebook(NamedTuple):
    """A notebook as it is marked.

    cells     the sources of the code cells that are run, plain Python
    numbers   the place of each among all cells, from 1
    answers   `{question: text}` of the cells that a person marks
    texts     the sources of all other cells that are text
    """

    cells: list
    numbers: list
    answers: dict
    texts: list

    def defined(self, name):
        """How many cells, besides those that were handed out blank, define this name, in code and in text."""
        line = re.compile(rf"^(def\s+{name}\s*\(|{name}\s*=[^=])", re.M)
        cells = [cell for cell in self.cells if STUB not in cell]
        return sum(bool(line.search(cell)) for cell in cells), sum(bool(line.search(text)) for text in self.texts)


def read(path):
    """Read the notebook at a path, which nobody has looked at yet; raise Unreadable for what is none."""
    size = Path(path).stat().st_size
    if size > MOST:
        raise Unreadable(f"The file has {size / 1e6:.0f} MB, a notebook of at most {MOST / 1e6:.0f} MB is read.")
    try:
        content = json.loads(Path(path).read_bytes())
        cells = content["cells"]
        parts = [_part(cell) for cell in cells]
    except (ValueError, RecursionError):
        raise Unreadable("The file is no Jupyter notebook: it is not written in JSON.") from None
    except (TypeError, KeyError, AttributeError):
        raise Unreadable("The file is no Jupyter notebook: it has no list of cells.") from None
    found = Notebook([], [], {}, [])
    for number, (kind, source, tags, question) in enumerate(parts, 1):
        if question:
            found.answers[question] = "\n\n".join(filter(None, [found.answers.get(question), source]))
        if kind != "code":
            found.texts.append(source)
        elif not set(tags) & set(LEFT_OUT):
            found.cells.append(source)
            found.numbers.append(number)
    if len(found.cells) > CELLS or sum(map(len, found.cells)) > CODE:
        raise Unreadable(f"The notebook holds more than {CELLS} cells or {CODE} characters of code.")
    if sum(len(cell) * len(_special(cell)) for cell in found.cells) > MAGICS:
        raise Unreadable("The notebook holds more lines with magics (`%`, `!`, `?`) than are read.")
    return found._replace(cells=[plain(cell) for cell in found.cells])


def added(answer, handed_out):
    """What a student wrote into a cell: its text without the lines that were handed out, blank where that is all."""
    asked = {line.strip() for line in handed_out.splitlines()}
    return "\n".join(line for line in answer.splitlines() if not line.strip() or line.strip() not in asked).strip()


def _part(cell):
    """(type, source, tags, question) of a cell; TypeError and its like for what is none."""
    source, metadata = cell.get("source", ""), cell.get("metadata") or {}
    source = source if isinstance(source, str) else "".join(source)
    # half a character and the character zero, which no table that we write can hold
    source = source.encode("utf8", "replace").decode("utf8").replace("\0", "\N{REPLACEMENT CHARACTER}")
    tags = [tag for tag in metadata.get("tags") or () if isinstance(tag, str)]
    question = metadata.get("question") if "manual" in tags else None
    return cell["cell_type"], source, tags, question if isinstance(question, str) else None


def plain(source):
    """A cell's source with magics and shell lines as calls of IPython's shell, which the box has a stand-in for."""
    if not _special(source):
        return source
    try:
        return TransformerManager().transform_cell(source)
    except Exception:  # a cell that cannot be read so is run as it stands, and says what is wrong with it there
        return source


def _special(source):
    """The lines that may be magics, shell lines or calls for help."""
    return [line for line in source.splitlines() if SPECIAL.search(line)]
