"""JupyterLab, as the course starts it."""

import os
import sys
from pathlib import Path

from rnn_course.lab import progress
from rnn_course.lab.place import COURSE

# Settings, and an extension that takes links on Markdown pages to their places. They turn off JupyterLab's news and
# update check: the course asks nothing of the network.
JUPYTER = COURSE / "tools" / "jupyter"


def command(start, folder, options=()):
    """The words of the command that opens a page of a folder in JupyterLab, with this folder as its root."""
    as_root = ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    page = Path(start).relative_to(folder).as_posix()  # at the address that is printed, too
    places = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{page}"]
    return [sys.executable, "-m", "jupyterlab", *as_root, *places, *options, str(start)]


def environment(record):
    """The environment for it: where its settings are, and the file that exercises are noted in."""
    found = dict(os.environ)
    before = found.get("JUPYTER_PATH")
    found["JUPYTER_PATH"] = str(JUPYTER) + (os.pathsep + before if before else "")
    found["JUPYTER_CONFIG_PATH"] = str(JUPYTER)
    found["PATH"] = str(Path(sys.executable).parent) + os.pathsep + found.get("PATH", "")  # for a terminal in it
    found.setdefault("OMP_NUM_THREADS", "1")  # the networks are small; two threads that wait for each other are slower
    if found.get(progress.VARIABLE, "").lower() != "off":
        found[progress.VARIABLE] = str(record)
    return found
