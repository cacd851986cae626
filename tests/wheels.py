"""The course's wheel, built from a copy of the repository and installed where nothing else of the course is."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("rnn_course", "notebooks", "book", "tools")
FILES = ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "LICENSE-TEXT")
LEFT = ("_build", "__pycache__", ".ipynb_checkpoints")
BUILD = "from setuptools import build_meta; build_meta.build_{}('dist')"  # what `python -m build` calls
# Python runs this file when it starts: no process of the environment may speak to another machine.
OFFLINE = """\
import socket

connect = socket.socket.connect

def near(self, address):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise AssertionError(f"{address} was asked for")
    return connect(self, address)

socket.socket.connect = near
"""


def copy_source(folder):
    """Copy what the wheel is made of, and lay beside it what must not come along; return the folder."""
    for part in FOLDERS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(*LEFT))
    for name in FILES:
        shutil.copyfile(ROOT / name, folder / name)
    for name in ("assignments/graded/graded.ipynb", "assignments/__init__.py", "tests/__init__.py", "tests/test_x.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return folder


def build(source, kind="wheel"):
    """Build the wheel, or the `sdist`, of a copy of the repository, without the network; return its path."""
    shutil.rmtree(source / "dist", ignore_errors=True)
    subprocess.run([sys.executable, "-c", BUILD.format(kind)], cwd=source, check=True, capture_output=True)
    (built,) = (source / "dist").iterdir()
    return built


class Environment:
    """A Python environment with the packages of this one, the course aside, that reaches no other machine.

    Its commands run in a `home` that is theirs, with a space and an umlaut in its name.
    """

    def __init__(self, folder):
        self.folder, self.home = folder / "env", folder / "Zoë Müller"
        self.home.mkdir()
        venv.create(self.folder, symlinks=os.name != "nt")
        self.bin = self.folder / ("Scripts" if os.name == "nt" else "bin")
        self.packages = Path(sysconfig.get_path("purelib", vars={"base": str(self.folder)}))
        # A .pth file adds a folder but reads no .pth files in it, so that an editable course there stays unseen.
        (self.packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf8")
        (self.packages / "sitecustomize.py").write_text(OFFLINE)

    def install(self, wheel):
        """Install a wheel, in the place of an older one if need be."""
        words = [
            "--python",
            self.bin / "python",
            "install",
            "-q",
            "--no-index",
            "--no-deps",
            "--force-reinstall",
            wheel,
        ]
        subprocess.run([sys.executable, "-m", "pip", *words], check=True, capture_output=True)

    def run(self, command, *words, **options):
        """Run a command of the environment in its home; its completed process."""
        how = {"cwd": self.home, "env": self.variables(), "capture_output": True, "text": True, "encoding": "utf8"}
        return subprocess.run([self.bin / command, *words], **how | options)

    def start(self, command, *words):
        """Start a command of the environment in its home, in a session of its own; its process."""
        quiet = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
        how = {"cwd": self.home, "env": self.variables(), "start_new_session": True}
        return subprocess.Popen([self.bin / command, *words], **quiet | how)

    def variables(self):
        """The variables that its commands see: nothing of this environment, and their home."""
        strange = ("PYTHON", "JUPYTER", "RNN_COURSE", "XDG", "VIRTUAL_ENV", "PYTEST")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        home = {"HOME": str(self.home), "USERPROFILE": str(self.home)}
        return kept | home | {"JUPYTER_RUNTIME_DIR": str(self.home / "runtime")}
