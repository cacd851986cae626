"""Try a wheel as a stranger has it: installed in an empty environment, with none of the course's code beside it.

    python tools/try_wheel.py dist/rnn_course-0.2.0-py3-none-any.whl

Installs it from where pip installs, with the pins and what the tests need; makes a learner's copies and runs every
notebook of them; builds the site from the wheel; and runs the browser tests of site and JupyterLab on what came of it.
Everything lies in build/release. About half an hour on two cores; `make release` runs it.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "release"
HOME = FOLDER / "home"
COPIES = HOME / "rnn-course"  # where `rnn-course lab` puts them in a home
DESK = FOLDER / "desk"  # the tests, and what they read: everything of a clone but the library
LEFT = ("_build", "__pycache__", ".ipynb_checkpoints", "_screenshots")
BROWSER = ("tests/test_site.py", "tests/test_predict.py", "tests/test_notebooks_browser.py")


def main(wheel):
    """Go the whole way, and end at the first thing that fails."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    HOME.mkdir(parents=True)
    python = install(Path(wheel).resolve())
    lay_out_desk()
    course = python.with_name("rnn-course")
    run(course, "doctor", where=HOME)
    run(course, "lab", "--version", where=HOME)  # JupyterLab only says its version
    nbval = ["--nbval-lax", "--nbval-current-env", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider"]
    run(python, "-m", "pytest", *nbval, COPIES / "notebooks", COPIES / "book", where=HOME)
    run(course, "book", where=HOME)
    shutil.copytree(COPIES / "site" / "_build" / "html", DESK / "book" / "_build" / "html")
    run(python, "-m", "pytest", "-m", "not long", "-n", "2", *BROWSER, where=DESK)


def install(wheel):
    """Make the environment, with PyTorch's small build where `make lab` would take it; its Python."""
    venv.create(FOLDER / "env", with_pip=True)
    python = FOLDER / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, ROOT / "tools" / "torch_build.py", where=HOME)
    run(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", f"{wheel}[dev]", where=HOME)
    return python


def lay_out_desk():
    """Copy what the browser tests read; the library is not among it, so that they can only take the wheel's."""
    for part in ("tests", "benchmarks", "assignments", "notebooks", "book"):
        shutil.copytree(ROOT / part, DESK / part, ignore=shutil.ignore_patterns(*LEFT))
    for name in ("pyproject.toml", ".gitignore"):
        shutil.copyfile(ROOT / name, DESK / name)
    (DESK / "node_modules").symlink_to(ROOT / "node_modules")


def run(*words, where):
    """Run a command in a home and an environment of its own; end with its exit status where it fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER", "RNN_"))}
    print("$", *words, flush=True)
    done = subprocess.run(words, cwd=where, env=kept | {"HOME": str(HOME)})
    if done.returncode:
        sys.exit(f"{words[0].name}: exit status {done.returncode}, in {where}")


if __name__ == "__main__":
    main(sys.argv[1])
