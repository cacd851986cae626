"""The site, built by Jupyter Book from the course's texts: what `make book` does in a clone, for an installed wheel."""

import os
import subprocess
import sys
from pathlib import Path

from rnn_course.lab.place import COURSE

BUILDER = "from jupyter_book.cli.main import main; main()"  # of this environment, whatever lies on the path
OPTIONS = ["--all", "--config", "book/_config.yml", "--toc", "book/_toc.yml"]


def build(folder, course=COURSE):
    """Build the site into `_build/html` of a folder, and return the path of its first page.

    Every chapter is run. Raises OSError where the folder cannot be made, RuntimeError where Jupyter Book fails.
    """
    folder = Path(folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", BUILDER, "build", ".", *OPTIONS, "--path-output", str(folder)]
    if subprocess.run(command, cwd=course, env={"OMP_NUM_THREADS": "1"} | os.environ, check=False).returncode:
        raise RuntimeError("Jupyter Book could not build the site; what it says stands above")
    return folder / "_build" / "html" / "index.html"
