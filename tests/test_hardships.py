"""Every notebook under hardship: twice, read only, elsewhere, offline, with little memory, with warnings as errors.

Each runs from the wheel, in the copies that `rnn-course lab` makes, in a home with a space and an umlaut in its name,
with no repository near and no other machine in reach.
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from wheels import ROOT, Environment, build, copy_source

NOTEBOOKS = sorted(
    path.relative_to(ROOT).as_posix() for form in ("notebooks/*.ipynb", "book/*.ipynb") for path in ROOT.glob(form)
)
LIGHT = "notebooks/02_equations.ipynb"
RUN = Path(__file__).with_name("chapter_run.py")
LOCALE = "de_DE.UTF-8"  # a comma where English has a point
LOCAL = "import locale; locale.setlocale(locale.LC_ALL, ''); import time; time.tzset()"
STRICT = "import warnings; warnings.filterwarnings('error', module='rnn_course')"


@dataclass
class Hardship:
    """What is made hard: a cell that fails without it, words before the command, its variables, how the cells are run.

    `{course}` in a word stands for the learner's copies, `{library}` for the folder of the installed course.
    """

    proof: str
    words: tuple = ()
    variables: dict = field(default_factory=dict)
    how: dict = field(default_factory=dict)


def fails(statement, error):
    """A cell that passes where a statement raises an error."""
    return f"try:\n    {statement}\nexcept {error}:\n    pass\nelse:\n    raise AssertionError"


BOUND = ("bwrap", "--dev-bind", "/", "/")
HARDSHIPS = {
    "twice in one kernel": Hardship(
        "seen = globals().get('seen', 0) + 1\nopen('seen', 'w').write(str(seen))", how={"times": 2}
    ),
    "course and library read only": Hardship(
        "import pathlib, rnn_course\nlibrary = pathlib.Path(rnn_course.__file__).parent\n"
        + fails("open('written', 'w')", "OSError")
        + "\n"
        + fails("(library / 'written').touch()", "OSError"),
        words=(*BOUND, "--ro-bind", "{course}", "{course}", "--ro-bind", "{library}", "{library}"),
    ),
    "German, half an hour off": Hardship(
        "assert f'{1.5:n}' == '1,5' and time.strftime('%B', time.gmtime(0)) == 'Januar' and time.timezone == -19800",
        variables={"LC_ALL": LOCALE, "TZ": "Asia/Kolkata"},
        how={"first": LOCAL},
    ),
    "ASCII alone, and a day that begins early": Hardship(
        "assert locale.getpreferredencoding(False) == 'ANSI_X3.4-1968' and time.timezone == -50400",
        variables={"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        how={"first": LOCAL},
    ),
    "no network": Hardship(
        "import socket\nassert [name for _, name in socket.if_nameindex()] == ['lo']", words=(*BOUND, "--unshare-net")
    ),
    "2 GB of memory": Hardship(fails("bytearray(2_000_000_000)", "MemoryError"), how={"memory": 2_000_000_000}),
    "warnings of the library are errors": Hardship(
        fails("warnings.warn_explicit('w', UserWarning, 'f', 1, 'rnn_course.cells')", "UserWarning"),
        how={"first": STRICT},
    ),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An environment in which the wheel is installed, with a learner's copies and a locale in it."""
    folder = tmp_path_factory.mktemp("hardships")
    (folder / "source").mkdir()
    place = Environment(folder)
    place.install(build(copy_source(folder / "source")))
    done = place.run("rnn-course", "lab", "--version")
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def locales(tmp_path_factory):
    """A folder in which the C library finds the locale."""
    folder = tmp_path_factory.mktemp("locales")
    words = ["localedef", "-i", "de_DE", "-f", "UTF-8", "--no-archive", folder / LOCALE]
    if shutil.which("localedef") is None or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("the C library's locale cannot be made here")
    return {"LOCPATH": str(folder)}


def needs(hardship):
    """Skip where the system has no means to make it hard."""
    if hardship.words and (
        shutil.which("bwrap") is None or subprocess.run(["bwrap", "--dev-bind", "/", "/", "true"]).returncode
    ):
        pytest.skip("bubblewrap, which shuts out the network and writing, does not run here")
    if "memory" in hardship.how and not sys.platform.startswith("linux"):
        pytest.skip("only Linux counts what a process may write to")


def run(place, name, notebook, locales):
    """Run a notebook under a hardship; what the runner says of it."""
    hardship, course = HARDSHIPS[name], place.home / "rnn-course"
    places = {"course": course, "library": place.packages / "rnn_course"}
    words = [word.format(**places) for word in hardship.words]
    words += [place.bin / "python", RUN, json.dumps(hardship.how), course / notebook]
    variables = place.variables() | hardship.variables | (locales if LOCALE in hardship.variables.values() else {})
    done = subprocess.run(
        words, cwd=(course / notebook).parent, env=variables, capture_output=True, text=True, encoding="utf8"
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert Path(said["library"]).parent == place.packages / "rnn_course"
    return said


@pytest.mark.parametrize("name", HARDSHIPS)
def test_a_hardship_is_there(place, locales, name):
    needs(HARDSHIPS[name])
    probe = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(HARDSHIPS[name].proof)])
    nbformat.write(probe, place.home / "rnn-course" / "probe.ipynb")
    run(place, name, "probe.ipynb", locales)
    if times := HARDSHIPS[name].how.get("times"):
        assert (place.home / "rnn-course" / "seen").read_text() == str(times)


@pytest.mark.parametrize("name", HARDSHIPS)
@pytest.mark.parametrize(
    "notebook", [LIGHT, *(pytest.param(each, marks=pytest.mark.long) for each in NOTEBOOKS if each != LIGHT)]
)
def test_a_notebook_runs_under_hardship(place, locales, name, notebook, capsys):
    needs(HARDSHIPS[name])
    said = run(place, name, notebook, locales)
    with capsys.disabled():
        print(f"\n{notebook}, {name}: {said['cells']} cells in {said['seconds']:.0f} s", flush=True)
