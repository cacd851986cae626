"""The course on the machines of others: what GitHub, pre-commit, containers and a JupyterHub are told holds here."""

import json
import math
import re
import statistics
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import wheels
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from traitlets.config import Config

from rnn_course.lab import hub

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import check_python  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
SUPPORTED = SpecifierSet(PROJECT["requires-python"])
README, MAKEFILE = ((ROOT / name).read_text("utf8") for name in ("README.md", "Makefile"))
PINS = {str(Requirement(line)) for line in (ROOT / "constraints.txt").read_text("utf8").splitlines() if line[0] != "#"}


# ---- GitHub ----------------------------------------------------------------------------------------------------------

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf8"))
MACHINES = WORKFLOW["jobs"]["make"]["strategy"]["matrix"]["include"]
WINDOWS = WORKFLOW["jobs"]["windows"]


def test_linux_has_the_lowest_and_the_highest_python_and_the_others_one_between_them():
    ends = [".".join(map(str, version[:2])) for version in check_python.python_range()]
    assert [machine["python"] for machine in MACHINES if machine["os"] == "ubuntu-latest"] == ends
    between = [machine["python"] for machine in MACHINES if machine["os"] != "ubuntu-latest"]
    between += [step["with"]["python-version"] for step in WINDOWS["steps"] if "setup-python" in step.get("uses", "")]
    between.append(WINDOWS["env"]["PY_PYTHON"])
    assert len(between) == 3 and all(f"{python}.9" in SUPPORTED for python in between)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: f"{machine['os']}-{machine['python']}")
def test_github_calls_what_the_makefile_has(machine):
    stages = machine["stages"].split()
    assert stages and all(re.search(rf"^{stage}:", MAKEFILE, re.MULTILINE) for stage in stages)
    assert f"`make {machine['stages']}`" in README
    assert WORKFLOW["jobs"]["make"]["steps"][-1]["run"] == "make ${{ matrix.stages }}"


def test_windows_gets_the_lines_of_the_readme_and_the_chapters_as_make_runs_them():
    lines = re.search(r"```powershell\n(.*?)```", README, re.DOTALL)[1].splitlines()
    *install, lab, chapters = [step["run"] for step in WINDOWS["steps"] if "run" in step]
    assert [*install, lab.removesuffix(" --version")] == lines
    [made] = re.findall(r"-m (pytest --nbval.* notebooks) ", MAKEFILE)
    assert chapters == rf".venv\Scripts\python -m {made}"


# ---- pre-commit ------------------------------------------------------------------------------------------------------


def test_pre_commit_takes_the_pinned_versions():
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf8"))["repos"]
    hooks = {hook["id"]: hook for hook in repository["hooks"]}
    for name in ("ruff-check", "ruff-format", "nbstripout"):
        assert set(hooks[name]["additional_dependencies"]) <= PINS
    needed = {package for hook in hooks.values() for package in hook["additional_dependencies"]} - PINS
    assert {package.partition("==")[0] for package in needed} == {"pre-commit-hooks"}


# ---- Containers ------------------------------------------------------------------------------------------------------

DOCKERFILE = (ROOT / ".binder" / "Dockerfile").read_text("utf8")


def test_the_image_installs_the_pins_and_the_small_build_first():
    commands = re.findall(r"^RUN (.*)$", DOCKERFILE, re.MULTILINE)
    small, course = map(
        commands.index, ["python tools/torch_build.py cpu", "python -m pip install -c constraints.txt ."]
    )
    assert small < course and DOCKERFILE.rindex("\nUSER ") < DOCKERFILE.index("\nCMD ")
    assert not re.search(r"^USER (root|0)", DOCKERFILE, re.MULTILINE)
    [python] = re.findall(r"^FROM python:(3\.\d+)-slim$", DOCKERFILE, re.MULTILINE)
    assert f"{python}.9" in SUPPORTED


def test_the_image_is_made_of_what_the_wheel_is_made_of():
    kept = (ROOT / ".dockerignore").read_text("utf8").splitlines()
    assert "*" in kept
    assert {line[1:] for line in kept if line.startswith("!")} == {*wheels.FOLDERS, *wheels.FILES, "constraints.txt"}
    assert {f"**/{name}" for name in wheels.LEFT} <= set(kept)


def test_a_dev_container_builds_the_same_image_for_its_user():
    folder = ROOT / ".devcontainer"
    text = (folder / "devcontainer.json").read_text("utf8")
    asked = json.loads(re.sub(r"^ *//.*$", "", text, flags=re.MULTILINE))
    assert (folder / asked["build"]["dockerfile"]).resolve() == ROOT / ".binder" / "Dockerfile"
    assert (folder / asked["build"]["context"]).resolve() == ROOT
    assert f"ARG NB_USER={asked['remoteUser']}\n" in DOCKERFILE


# ---- JupyterHub ------------------------------------------------------------------------------------------------------

PAGE = (ROOT / "book" / "jupyterhub.md").read_text("utf8")
CHAPTERS = tomllib.loads((ROOT / "book" / "chapters.toml").read_text("utf8"))["chapter"]
ROWS = re.findall(r"^\| ([^|]+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
REST, PEAK = ({title: int(row[column]) for title, *row in ROWS} for column in (0, 1))  # MB
SERVER = int(re.search(r"server took (\d+) MB", PAGE)[1])
GIBIBYTE = 1024**3 / 1e6  # in MB


@pytest.fixture
def settings():
    """What the page's jupyterhub_config.py sets."""
    [snippet] = re.findall(r"```python\n(import sys\n.*?)```", PAGE, re.DOTALL)
    config = Config()
    exec(compile(snippet, "jupyterhub_config.py", "exec"), {"get_config": lambda: config})
    return SimpleNamespace(spawner=config.Spawner, hub=config.JupyterHub)


def test_every_chapter_is_measured_and_the_hungriest_ones_are_named():
    assert list(REST) == [chapter["title"] for chapter in CHAPTERS]
    assert max(REST, key=REST.get) == "Text" and max(PEAK, key=PEAK.get) == "Attention and after"
    assert f"needs {(max(REST.values()) + SERVER) / 1000:.1f} GB" in PAGE.replace("\n", " ")


def test_the_table_of_a_class_is_computed_from_that_of_the_chapters():
    rows = re.findall(r"^\| (\d+) \| (\d+) GB \| (\d+) GB \| (\d+) GB \| (\d+) \|$", PAGE, re.MULTILINE)
    cores = 10 * 60 / (60 * min(chapter["minutes"] for chapter in CHAPTERS))  # each cell ten times in the shortest
    kernels = [statistics.mean(REST.values()), max(REST.values()), max(PEAK.values())]
    assert [int(row[0]) for row in rows] == [50, 100, 200]
    for at_once, *memory, processor in rows:
        assert [int(size) for size in memory] == [math.ceil(int(at_once) * (SERVER + k) / 1000) for k in kernels]
        assert int(processor) == round(int(at_once) * cores)


def test_the_limits_hold_the_hungriest_chapters(settings):
    sizes = settings.spawner.mem_guarantee, settings.spawner.mem_limit
    guarantee, limit = (float(size.removesuffix("G")) * GIBIBYTE for size in sizes)
    assert SERVER + max(REST.values()) <= guarantee and SERVER + max(PEAK.values()) <= limit


def test_the_hub_starts_the_command_of_the_course_and_opens_its_first_page(settings):
    assert settings.spawner.cmd[1:] == ["-m", hub.__name__]
    assert settings.spawner.default_url == f"/lab/tree/{hub.FOLDER}/Start.md"
    [role], [service] = settings.hub.load_roles, settings.hub.services
    assert role["services"] == [service["name"]]
