"""Run a notebook from top to bottom in one kernel, as `python chapter_run.py HOW NOTEBOOK`; what came of it as JSON.

HOW is JSON: `times` that all cells run, one after the other, `first` lines of code that run before them, and `memory`,
the bytes that the kernel may hold. It imports nothing of the course, which may stand in another environment.
"""

import json
import resource
import sys
import time

import nbclient
import nbformat

PLACE = "import rnn_course as _course\nprint(_course.__file__)"
PATIENCE = 900  # seconds for a cell: a machine under load is slow, and what hangs ends all the same


def main(how, path):
    if how.get("memory"):
        resource.setrlimit(resource.RLIMIT_DATA, (how["memory"], how["memory"]))  # of this process and its kernel
    notebook, new = nbformat.read(path, as_version=4), nbformat.v4.new_code_cell
    typed = [cell for cell in notebook.cells if cell.cell_type == "code"]
    rounds = [new(cell.source, metadata=cell.metadata) for _ in range(how.get("times", 1)) for cell in typed]
    notebook.cells = [new(how.get("first", "")), *rounds, new(PLACE)]
    start = time.monotonic()
    nbclient.NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3").execute()
    library = notebook.cells[-1].outputs[0].text.strip()
    print(json.dumps({"seconds": time.monotonic() - start, "cells": len(rounds), "library": library}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2])
