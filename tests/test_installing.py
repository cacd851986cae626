"""What has to be true before anything is installed: who may, with which versions, and who is told why not."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import check_python  # noqa: E402
import torch_build  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
PYTHONS = ["3.11", "3.12", "3.13", "3.14", "3.15"]
# What markers ask, of each Python on each system that the course takes.
ENVIRONMENTS = [
    {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": system, "extra": ""}
    for python in PYTHONS
    for system in ("linux", "darwin", "win32")
]


def pins(environment):
    """The versions that constraints.txt pins in an environment, by name."""
    lines = (ROOT / "constraints.txt").read_text("utf8").splitlines()
    lines = [Requirement(line) for line in lines if line and not line.startswith("#")]
    lines = [line for line in lines if line.marker is None or line.marker.evaluate(environment)]
    found = {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in lines}
    assert len(found) == len(lines), "two lines pin the same package"
    return found


def test_environment_yml_only_points_at_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf8"))
    python, pip, packages = environment["dependencies"]
    assert environment["name"] == PROJECT["name"]
    assert python == "python" + PROJECT["requires-python"]
    assert pip == "pip"
    assert packages == {"pip": ["-c constraints.txt", "-e .[dev]"]}
    assert "dev" in PROJECT["optional-dependencies"]


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda e: f"{e['python_version']}-{e['sys_platform']}")
def test_every_requirement_is_pinned_within_its_range(environment):
    extras = PROJECT["optional-dependencies"]
    requirements = [Requirement(r) for group in [PROJECT["dependencies"], *extras.values()] for r in group]
    tested = pins(environment)
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        if name == PROJECT["name"] or (requirement.marker and not requirement.marker.evaluate(environment)):
            continue
        assert name in tested, f"constraints.txt does not pin {requirement.name}"
        assert requirement.specifier.contains(tested[name]), f"the pin of {name} is outside {requirement.specifier}"


# ---- Before anything is installed ------------------------------------------------------------------------------------

WORKS = {
    "version": (3, 12, 1),
    "implementation": "CPython",
    "bits": 64,
    "system": "Linux",
    "machine": "x86_64",
    "macos": "",
    "libc": ("glibc", "2.28"),
}
MAC = {"system": "Darwin", "machine": "arm64", "macos": "14.0", "libc": ("", "")}
WINDOWS = {"system": "Windows", "machine": "AMD64", "libc": ("", "")}
# The same wheels for which `make portable` asks the index.
TAKEN = [
    {},
    {"version": (3, 11, 5)},
    {"version": (3, 15, 0)},
    {"version": (3, 15, 9)},
    {"machine": "aarch64"},
    {"libc": ("glibc", "2.41")},
    MAC,
    MAC | {"macos": "26.1"},
    WINDOWS,
]
REFUSED = [
    ({"version": (3, 11, 4)}, "this is Python 3.11.4; the course needs 3.11.5 to 3.15 "),
    ({"version": (3, 11, 0)}, "this is Python 3.11.0; the course needs 3.11.5 to 3.15 "),
    ({"version": (3, 6, 9), "libc": ("glibc", "2.9")}, "this is Python 3.6.9; the course needs 3.11.5 to 3.15 "),
    ({"version": (3, 16, 0)}, "this is Python 3.16.0; the course needs 3.11.5 to 3.15 "),
    (MAC | {"machine": "x86_64"}, "this Python is for Intel Macs, and PyTorch, which the course needs, has not come "),
    (MAC | {"macos": "13.6.1"}, "this is macOS 13.6.1; PyTorch, which the course needs, comes for macOS 14 or later"),
    (WINDOWS | {"bits": 32}, "this Python has 32 bits; PyTorch, which the course needs, comes for 64 alone"),
    (WINDOWS | {"machine": "ARM64"}, "this is Windows on ARM64; PyTorch, which the course needs, comes for Linux "),
    (
        {"machine": "armv7l", "bits": 32},
        "this is Linux on armv7l; PyTorch, which the course needs, comes for Linux on ",
    ),
    ({"libc": ("", "")}, "this Linux has another C library; PyTorch, which the course needs, comes for glibc 2.28 "),
    (
        {"libc": ("glibc", "2.17")},
        "this Linux has glibc 2.17; PyTorch, which the course needs, comes for glibc 2.28 or",
    ),
    ({"implementation": "PyPy"}, "this Python is PyPy; PyTorch, which the course needs, comes for CPython alone"),
]


@pytest.mark.parametrize("python", TAKEN)
def test_a_python_with_wheels_is_taken(python):
    assert check_python.obstacle(**WORKS | python) is None


@pytest.mark.parametrize("python, sentence", REFUSED)
def test_a_python_without_wheels_is_told_why(python, sentence):
    assert check_python.obstacle(**WORKS | python).startswith(sentence)


def test_the_check_is_run_by_old_pythons_and_takes_its_range_from_pyproject():
    ast.parse((ROOT / "tools" / "check_python.py").read_text("utf8"), feature_version=(3, 6))
    supported = SpecifierSet(PROJECT["requires-python"])
    lowest, last = check_python.python_range()
    assert f"{last[0]}.{last[1]}.9" in supported and f"{last[0]}.{last[1] + 1}.0" not in supported
    assert check_python.dotted(lowest) in supported and "3.11.4" not in supported
    assert PYTHONS[0] == check_python.dotted(lowest[:2]) and PYTHONS[-1] == check_python.dotted(last)
    assert check_python.obstacle(**check_python.this_python()) is None


def test_the_readme_names_the_pins_of_torch():
    named = re.findall(r"`torch==([\d.]+)`", (ROOT / "README.md").read_text("utf8"))
    assert set(named) == {pins(environment)["torch"] for environment in ENVIRONMENTS}


def test_pages_name_the_pythons_that_the_course_takes():
    lowest, last = map(check_python.dotted, check_python.python_range())
    for page in ("README.md", "book/instructor.md"):
        assert re.findall(r"Python (3\.[\d.]+ (?:to 3\.\d+|or later))", (ROOT / page).read_text("utf8")) == [
            f"{lowest} to {last}"
        ]


def test_make_stops_with_the_sentence_before_it_installs_anything(tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "tools/check_python.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text("utf8"), "utf8")
    old = tmp_path / "old_python"
    pretend = "import runpy, sys; sys.version_info = (3, 11, 4); runpy.run_path(sys.argv[1], run_name='__main__')"
    old.write_text(f'#!/bin/sh\n"{sys.executable}" -c "{pretend}" "$@"\n')
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "-s", f"PYTHON={old}", ".venv/.installed"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0 and not (tmp_path / ".venv").exists()
    assert "\nthis is Python 3.11.4; the course needs 3.11.5 to 3.15 " in done.stderr
    missing = ["make", "-s", f"PYTHON={tmp_path / 'none'}", ".venv/.installed"]
    done = subprocess.run(missing, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"})
    assert done.returncode != 0 and "none was not found" in done.stdout


# ---- Which PyTorch ---------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(monkeypatch):
    """A machine without driver and uv, on which pip would bring GPU libraries; `ran` holds what it was made to run."""
    machine = SimpleNamespace(ran=[], packages=["torch", "nvidia-cublas", "triton"], programs=set(), failing=None)

    def run(command, **how):
        machine.ran.append([str(word) for word in command])
        report = {"install": [{"metadata": {"name": name}} for name in machine.packages]}
        return subprocess.CompletedProcess(command, command[-1] == machine.failing, json.dumps(report))

    monkeypatch.setattr(torch_build, "DRIVER", Path("no such file"))
    monkeypatch.setattr(torch_build.shutil, "which", lambda name: name if name in machine.programs else None)
    monkeypatch.setattr(torch_build.subprocess, "run", run)
    return machine


def small(uv):
    """The command that installs the small build."""
    words = [
        "pip",
        "install",
        "--python",
        sys.executable,
        "--torch-backend",
        "cpu",
        "-c",
        str(ROOT / "constraints.txt"),
    ]
    return [uv, *words, "torch"]


def test_without_a_driver_the_small_build_is_taken_and_its_size_is_said(machine, capsys):
    machine.programs = {"uv"}
    torch_build.main()
    assert machine.ran[1:] == [small("uv")]
    said = capsys.readouterr().out
    assert said.startswith("No NVIDIA driver was found.\n") and "0.8 GB on disk. `make lab TORCH=gpu` takes" in said


def test_where_uv_is_missing_pip_brings_it(machine):
    torch_build.main("cpu")
    assert machine.ran[1][-2:] == ["--quiet", "uv"] and machine.ran[2] == small(
        str(Path(sys.executable).with_name("uv"))
    )


@pytest.mark.parametrize("fails", ["uv", "torch"])
def test_what_uv_cannot_do_is_said_with_the_way_by_hand(machine, monkeypatch, fails):
    monkeypatch.setattr(torch_build, "gpu_libraries", lambda: ["triton"])
    machine.failing = fails
    with pytest.raises(SystemExit, match=r"page, pytorch\.org/get-started/locally,\ngives for pip and CPU"):
        torch_build.main()


@pytest.mark.parametrize("build, programs", [("gpu", set()), ("", {"nvidia-smi"})])
def test_the_large_build_is_left_to_pip_after_its_size_is_said(machine, capsys, build, programs):
    machine.programs = programs
    torch_build.main(build)
    assert len(machine.ran) == 1 and "5.2 GB on disk. `make lab TORCH=cpu` takes the small" in capsys.readouterr().out


def test_with_a_driver_the_small_build_can_be_asked_for(machine):
    machine.programs = {"nvidia-smi", "uv"}
    torch_build.main("cpu")
    assert machine.ran[1:] == [small("uv")]


@pytest.mark.parametrize("build", ["", "cpu", "gpu"])
def test_where_pip_brings_no_gpu_libraries_it_is_left_to_it(machine, build):
    machine.packages = ["torch", "sympy", "cudatext"]
    torch_build.main(build)
    assert len(machine.ran) == 1


def test_what_torch_build_cannot_do_is_a_sentence(machine):
    with pytest.raises(SystemExit, match="TORCH is 'cuda', it must be 'cpu' or 'gpu'"):
        torch_build.main("cuda")
    machine.failing = "torch"
    with pytest.raises(SystemExit, match="pip cannot install PyTorch"):
        torch_build.main()


def test_pip_reports_what_it_would_install():
    assert torch_build.gpu_libraries() == []  # PyTorch is installed
    asked = torch_build.pip("install", "--dry-run", "--quiet", "--report", "-", "--no-index", "torch")
    report = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert json.loads(report.stdout)["install"] == []


def test_make_chooses_the_build_before_it_installs_the_rest():
    recipe = subprocess.run(
        ["make", "-n", "-B", "-o", "pyproject.toml", "-o", "constraints.txt", "TORCH=cpu", ".venv/.installed"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert recipe.index("tools/torch_build.py cpu\n") < recipe.index("pip install -c constraints.txt -e")
