"""What this machine has of what the course needs, and the line that mends what it lacks."""

import importlib.util
import platform
import shlex
import shutil
import sys
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import NamedTuple

from rnn_course.lab import place


class Finding(NamedTuple):
    """Something that the course uses, what was found of it or "", and the line that mends that or ""."""

    needed: bool
    name: str
    found: str
    line: str = ""


class Tool(NamedTuple):
    """What a program is for, and the packages that bring it."""

    use: str
    debian: str
    mac: str


DRIVER = Path("/proc/driver/nvidia/version")
TOOLS = {"c++": Tool("torch.compile on a CPU", "g++", "gcc")}
TOOLS_OF_A_CLONE = {
    "make": Tool("make lab, make test and make book", "make", "make"),
    "npm": Tool("the site's scripts", "npm", "node"),
    "chromium": Tool("the browser tests", "chromium", "chromium"),
}


def findings():
    """Look for everything that the course uses, a Finding each."""
    from packaging.requirements import Requirement

    yield _python()
    yield Finding(True, "chapters and pages", str(place.COURSE) if (place.COURSE / "notebooks").is_dir() else "")
    for requirement in map(Requirement, requires("rnn-course") or ()):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found = _version(requirement.name)
            right = found if found and found in requirement.specifier else ""
            wanted = f"{requirement.name}{requirement.specifier}"
            line = _small_torch_line(wanted) if requirement.name == "torch" and _takes_small() else pip_line(wanted)
            yield Finding(True, f"package {requirement}", right, line)
    yield Finding(False, "jupyter-book, for the site", _version("jupyter-book"), pip_line("rnn-course[book]"))
    for name, tool in (TOOLS if place.INSTALLED else TOOLS | TOOLS_OF_A_CLONE).items():
        yield Finding(False, f"{name}, for {tool.use}", shutil.which(name) or "", _install_line(tool))
    yield Finding(False, "a GPU that torch sees (the speed ladder measures cuda and mps)", _gpu())


def pip_line(*packages):
    """The line that installs packages where the course is installed."""
    return shlex.join([sys.executable, "-m", "pip", "install", *packages])


def _takes_small():
    """Whether pip would bring libraries for GPUs that this machine has not, as tools/torch_build.py asks in a clone."""
    return sys.platform == "linux" and shutil.which("nvidia-smi") is None and not DRIVER.exists()


def _small_torch_line(wanted):
    """The line that installs PyTorch's build for the processor, with uv, which knows where PyTorch keeps it."""
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable, "--torch-backend", "cpu", wanted]
    return f"{pip_line('uv')} && {shlex.join(uv)}"


def _python():
    from packaging.specifiers import SpecifierSet

    pythons, python = metadata("rnn-course")["Requires-Python"], platform.python_version()
    right = SpecifierSet(pythons).contains(python, prereleases=True)
    return Finding(True, f"Python {pythons}", python if right else "")


def _install_line(tool):
    """The line that installs a program, on systems whose way to do so is known."""
    for manager, package in (("apt-get", tool.debian), ("brew", tool.mac)):
        if shutil.which(manager):
            return f"{'sudo ' * (manager == 'apt-get')}{manager} install {package}"
    return ""


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _gpu():
    if importlib.util.find_spec("torch") is None:
        return ""
    from rnn_course import devices

    return devices.described()
