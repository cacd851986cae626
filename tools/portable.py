"""Check with uv, and no other machine, that the pins install wherever the course does; write down its lowest versions.

Each line of constraints.txt and whatever it needs must have a wheel, and a pin, on every platform and Python. What is
written is for `make portable`, which runs the tests with it.
"""

import os
import re
import subprocess
import sys
import tomllib
from itertools import product

from check_python import MACOS, PYPROJECT, dotted, python_range
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rnn_course import files

ROOT = PYPROJECT.parent
LOWEST = ROOT / "build" / "lowest.txt"
PLATFORMS = {
    "Linux on x86-64": "x86_64-manylinux_2_28",
    "Linux on Arm": "aarch64-manylinux_2_28",
    f"macOS {MACOS} on Apple silicon": "aarch64-apple-darwin",
    "Windows": "x86_64-pc-windows-msvc",
}
FROM_SOURCE = "progressbar"  # pure Python, published without a wheel, and needed by the extra `bench` alone
# PyTorch pins its own libraries; setuptools and wheel are what installs, which pip freeze leaves out.
UNPINNED = re.compile(r"cuda-.*|nvidia-.*|triton|setuptools|wheel")


def main():
    """Print a line for each Python and platform, write the lowest versions, and fail where a pin does."""
    lowest, last = python_range()
    pythons = [dotted(lowest), *(f"3.{minor}" for minor in range(lowest[1] + 1, last[1] + 1))]
    wrong = [name for python, name in product(pythons, PLATFORMS) if not pins_install(python, name)]
    LOWEST.parent.mkdir(exist_ok=True)
    files.write(LOWEST, "\n".join(lowest_versions()) + "\n")
    sys.exit(bool(wrong))


def pins_install(python, name):
    """Resolve all pins for a Python on a platform, print what came of it, and return whether it is right."""
    where = ["--python-version", python, "--python-platform", PLATFORMS[name]]
    found, problem = resolve("constraints.txt", "--all-extras", *where, "--no-binary", FROM_SOURCE)
    strays = [pin for package, pin in found.items() if package not in pinned() and not UNPINNED.fullmatch(package)]
    said = problem or (f"constraints.txt does not pin {', '.join(strays)}" if strays else f"{len(found)} packages")
    print(f"Python {python}, {name}: {said}", flush=True)
    return not problem and not strays


def lowest_versions():
    """Pins of the lowest versions that pyproject.toml admits and this machine can install, of what it names itself."""
    found, problem = resolve("--extra", "dev", "--resolution", "lowest-direct")
    if problem:
        sys.exit(f"no lowest versions: {problem}")
    return [pin for package, pin in found.items() if package in named()]


def resolve(*arguments):
    """Have uv resolve pyproject.toml from wheels alone; return the pins by package, and what is wrong."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
    command += ["--no-python-downloads", "--only-binary", ":all:", "pyproject.toml", *arguments]
    environment = os.environ | {"MACOSX_DEPLOYMENT_TARGET": f"{MACOS}.0"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)
    pins = [line for line in done.stdout.splitlines() if "==" in line]
    return {pin.split("==")[0]: pin for pin in pins}, done.stderr.strip() if done.returncode else ""


def pinned():
    """The packages that constraints.txt has a line for."""
    lines = (ROOT / "constraints.txt").read_text("utf8").splitlines()
    return {canonicalize_name(line.split("==")[0]) for line in lines if "==" in line}


def named():
    """The packages that pyproject.toml asks for, extras included."""
    project = tomllib.loads(PYPROJECT.read_text("utf8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return {canonicalize_name(Requirement(text).name) for group in groups for text in group}


if __name__ == "__main__":
    main()
