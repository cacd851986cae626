"""What holds for the repository as a whole: the light import, the tree of tests, the form of files."""

import ast
import doctest
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import waiting
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
LIBRARY, TESTS = ROOT / "rnn_course", ROOT / "tests"
EXAMPLES = sorted(path for path in LIBRARY.rglob("*.py") if ">>>" in path.read_text("utf8"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# Hosts that would make the course depend on the network, and folders of somebody's machine.
FOREIGN = [
    "unpkg.com",
    "jsdelivr.net",
    "cdnjs.cloudflare.com",
    "googleapis.com",
    "registry.npmjs.org",
    "pypi.org",
    "pythonhosted.org",
    "/work/",
    "/home/",
    "/Users/",
]


def run(*command, **options):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **options)


@pytest.fixture(scope="module")
def files():
    """Every file that is or would be committed."""
    listing = run("git", "ls-files", "--cached", "--others", "--exclude-standard")
    if listing.returncode:
        pytest.skip("not a git checkout, so it is unknown which files belong to the course")
    return [path for name in listing.stdout.splitlines() if (path := ROOT / name).exists()]


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    assert citation["version"] == PROJECT["version"]
    newest = re.search(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf8"), re.MULTILINE)[1]
    assert newest in ("Not released yet", f"{citation['version']}, {citation['date-released']}")
    assert citation["title"] == PROJECT["description"].removesuffix(", in Jupyter")


@pytest.mark.parametrize("folder", [".", "benchmarks"])
def test_the_lock_file_follows_package_json_and_names_no_registry(folder):
    package = json.loads((ROOT / folder / "package.json").read_text("utf8"))
    lock = json.loads((ROOT / folder / "package-lock.json").read_text("utf8"))["packages"]
    for group in {"dependencies", "devDependencies"} & package.keys():
        assert lock[""][group] == package[group]
        for name, version in package[group].items():
            assert lock[f"node_modules/{name}"]["version"] == version
    packages = {name: entry for name, entry in lock.items() if name}
    for entry in packages.values():
        assert entry["integrity"].startswith("sha512-") and "resolved" not in entry, entry
        for name, version in entry.get("optionalDependencies", {}).items():  # what a package needs by platform
            assert packages[f"node_modules/{name}"]["version"] == version
    assert len(packages) > len(package["dependencies"]) + len(package.get("devDependencies", {}))


@pytest.mark.parametrize("module", ["rnn_course", "rnn_course.data", "rnn_course.cells", "rnn_course.tables"])
def test_importing_is_light(module):
    heavy = ["torch", "matplotlib", "pandas", "sklearn", "scipy", "statsmodels", "jsonschema", "IPython"]
    heavy += ["ipywidgets", "anywidget"]
    code = f"import {module}, sys; print([m for m in {heavy} if m in sys.modules])"
    result = run(sys.executable, "-c", code)
    assert result.stdout.strip() == "[]", result.stdout + result.stderr


@pytest.mark.parametrize("chapter, checks", [("02_equations", "equations"), ("03_bptt", "bptt")])
def test_cells_data_and_checks_of_the_numpy_chapters_need_no_torch(chapter, checks):
    notebook = json.loads((ROOT / "notebooks" / f"{chapter}.ipynb").read_text("utf8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    solutions = [source for source in sources if re.match("# Solution: exercise [12]\n", source)]  # with their checks
    assert len(solutions) == 2 and "torch" not in "".join(solutions)
    code = f"""
import sys
sys.modules["torch"] = None  # so that an import of it fails
import numpy as np
from rnn_course import cells, data, plots, questions, widgets
from rnn_course.exercises import {checks} as exercises
from rnn_course.cells import sigmoid
series = data.load_sunspots().values[None, :50]
for kind in (cells.SimpleRNN, cells.LSTM, cells.GRU):
    cell = kind(1, 4, seed=0)
    states, _ = cell.forward(series)
    cell.backward(states)
{"".join(solutions)}
print("checked")
"""
    result = run(sys.executable, "-c", code)
    assert result.stdout.endswith("checked\n"), result.stderr


def test_no_module_of_the_library_imports_itself_by_a_detour():
    """Imports inside functions count too: they may be late because they are heavy, not to hide a circle."""
    package, modules = ROOT / "rnn_course", {}
    for path in package.rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        modules[name] = [
            node for node in ast.walk(ast.parse(path.read_text("utf8"))) if isinstance(node, ast.ImportFrom)
        ]
    graph = {
        name: {
            inner if (inner := f"{node.module}.{alias.name}") in modules else node.module
            for node in nodes
            if node.module in modules
            for alias in node.names
        }
        for name, nodes in modules.items()
    }
    assert len(graph["rnn_course.cells.lstm"]) > 1
    list(TopologicalSorter(graph).static_order())  # raises CycleError


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.relative_to(LIBRARY).with_suffix("").as_posix())
def test_examples_in_docstrings(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    failed, attempted = doctest.testmod(importlib.import_module(name))
    assert attempted and not failed


# Tests of the whole, and modules that need no test of their name: where they are tested, or why not.
WHOLES = set(
    "assignments/given/apart_from_the_course assignments/given/given assignments/hostile/hostile assignments/pictures "
    "book chapters contributing doors elsewhere extensions fuzz guide hardships installing kills notebooks "
    "notebooks_browser parity predict project questions/facts site spoken webkit wheel widgets/address widgets/pins "
    "widgets/screen".split()
)
TESTED_ELSEWHERE = {
    "validate": "its sentences, by every module that refuses something",
    "plots/arguments": "its sentences, by the figures",
    "plots/axes": "by the figures",
    "plots/drawing": "by the diagrams of cells, networks and schedules",
    "selection/task": "by sweep, search and folds",
    "speed/grids": "sizes and nothing else",
    "speed/schema": "by records",
    "speed/tutorial": "by rungs, of which it is one",
    "widgets/arguments": "its sentences, by the explorables",
}


def test_the_tree_of_tests_mirrors_the_package():
    modules = {path.relative_to(LIBRARY).with_suffix("").as_posix() for path in LIBRARY.rglob("*.py")}
    tests = {
        path.with_name(path.stem.removeprefix("test_")).relative_to(TESTS).as_posix()
        for path in TESTS.rglob("test_*.py")
    }
    modules = {name for name in modules if not name.endswith("__init__")}
    from rnn_course.widgets import EXPLORABLES

    # What holds of every explorable is tested by widgets/test_kit.py and test_parity.py: its own file is extra.
    extra = {kind.__module__.removeprefix("rnn_course.").replace(".", "/") for kind in EXPLORABLES.values()}
    assert not WHOLES & modules and not TESTED_ELSEWHERE.keys() & tests and extra < modules
    assert tests <= modules | WHOLES
    assert tests - extra == (modules - TESTED_ELSEWHERE.keys() - extra) | WHOLES


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check"]], ids=["check", "format"])
def test_ruff(arguments):
    result = run(sys.executable, "-m", "ruff", *arguments, ".")
    assert result.returncode == 0, result.stdout + result.stderr


def test_biome():
    """The form and the lint of all JavaScript, which package.json pins; npm puts it there (`make library`)."""
    biome = ROOT / "node_modules" / ".bin" / "biome"
    if not biome.exists():
        reason = "Biome is not installed: run `make library` with npm installed"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    result = run(str(biome), "ci", "--colors=off", "--error-on-warnings")
    assert result.returncode == 0, result.stdout + result.stderr


def test_files_name_no_foreign_host_and_no_folder_of_a_machine(files):
    found = []
    for path in files:
        if path == Path(__file__).resolve():
            continue
        try:
            text = path.read_text("utf8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FOREIGN if word in text]
    assert not found


def test_what_is_built_is_not_committed(files):
    built = ("_build/", "vendor/", "node_modules/", ".venv/", "_screenshots/", "__pycache__/")
    names = [path.relative_to(ROOT).as_posix() for path in files]
    assert not [name for name in names if any(part in name for part in built)]


def test_the_notation_page_names_what_the_code_has():
    from rnn_course.cells import GRU, LSTM, Readout, SimpleRNN

    page = (ROOT / "book" / "notation.md").read_text("utf8")
    cells = [SimpleRNN(2, 3), LSTM(2, 3), GRU(2, 3)]
    names = {"cell": cells, "readout": [Readout(3, 2)]}
    named = re.findall(r"`(cell|readout)\.(\w+)`", page)
    assert len(named) > 10
    for owner, name in named:
        assert any(hasattr(thing, name) for thing in names[owner]), f"{owner}.{name}"


def test_make_lab_opens_the_start_page_with_the_learners_folder_as_its_root(tmp_path):
    if not (ROOT / ".venv" / ".installed").exists():
        pytest.skip("the environment was not made by make, and this test should not make one")
    # Jupyter opens this file in the browser; it holds the address that the learner gets to see.
    environment = os.environ | {"JUPYTER_RUNTIME_DIR": str(tmp_path), "BROWSER": "true"}
    folder = tmp_path / "mine"
    with open(tmp_path / "log", "w") as log:
        lab = subprocess.Popen(
            ["make", "lab", f"LAB={folder}"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        page = waiting.until(lambda: next(tmp_path.glob("jpserver-file-to-run-*-open.html"), None))
        assert page, (tmp_path / "log").read_text()
        address = re.search(r'url=(http[^"]+)', page.read_text())[1]
        assert "/lab/tree/Start.md?token=" in address
        chapter = f"notebooks/{NOTEBOOKS[0].name}"
        contents = address.replace("/lab/tree/Start.md", f"/api/contents/{chapter}") + "&content=0"
        # Jupyter writes the file before it listens: under load, seconds before.
        answer = waiting.until(lambda: answered(contents))
        assert answer, (tmp_path / "log").read_text()
        assert answer["path"] == chapter
        assert (folder / chapter).exists()
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.wait(30)


def answered(address):
    """Return the JSON that a server at that address gives; None where nothing listens yet."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError:
        raise
    except OSError:
        return None


def test_ci_can_be_run():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
