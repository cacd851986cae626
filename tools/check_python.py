"""Say in one sentence why the course cannot be installed with this Python, before anything is.

It is run by whatever Python a machine has, so it keeps to what Python 3.6 understands.
"""

import platform
import re
import struct
import sys
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
RANGE = re.compile(r'^requires-python = ">=(\d+)\.(\d+)\.(\d+),<3\.(\d+)"$', re.MULTILINE)
# What PyTorch has packages for, as `platform.system()` and `platform.machine()` say it.
MACHINES = [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"), ("Windows", "AMD64")]
MACOS, GLIBC = 14, (2, 28)


def python_range():
    """The lowest Python that the course takes, (3, 11, 5), and the last, (3, 15), as pyproject.toml has them."""
    *lowest, too_new = map(int, RANGE.search(PYPROJECT.read_text(encoding="utf8")).groups())
    return tuple(lowest), (3, too_new - 1)


def dotted(version):
    """A version as it is written: 3.11.5."""
    return ".".join(map(str, version))


def this_python():
    """What `obstacle` is asked about this Python."""
    return {
        "version": sys.version_info[:3],
        "implementation": platform.python_implementation(),
        "bits": 8 * struct.calcsize("P"),
        "system": platform.system(),
        "machine": platform.machine(),
        "macos": platform.mac_ver()[0],
        "libc": platform.libc_ver(),
    }


def obstacle(version, implementation, bits, system, machine, macos, libc):
    """Return the sentence that says why the course cannot be installed with such a Python, or None."""
    if (system, machine) == ("Darwin", "x86_64"):
        return (
            "this Python is for Intel Macs, and PyTorch, which the course needs, has not come for them since 2.3; "
            "on a Mac with Apple silicon take a Python for arm64"
        )
    if (system, machine) not in MACHINES:
        return (
            f"this is {system} on {machine}; PyTorch, which the course needs, comes for Linux on x86_64 and aarch64, "
            "macOS on Apple silicon and Windows on AMD64"
        )
    if bits != 64:
        return f"this Python has {bits} bits; PyTorch, which the course needs, comes for 64 alone"
    if implementation != "CPython":
        return f"this Python is {implementation}; PyTorch, which the course needs, comes for CPython alone"
    lowest, last = python_range()
    if version < lowest or version[:2] > last:
        return (
            f"this is Python {dotted(version)}; the course needs {dotted(lowest)} to {dotted(last)} "
            "(PYTHON=python3.12 make lab takes another one)"
        )
    if system == "Darwin" and int(macos.split(".")[0]) < MACOS:
        return f"this is macOS {macos}; PyTorch, which the course needs, comes for macOS {MACOS} or later"
    if system == "Linux" and not is_new_glibc(*libc):
        found = " ".join(libc).strip() or "another C library"
        return f"this Linux has {found}; PyTorch, which the course needs, comes for glibc {dotted(GLIBC)} or later"
    return None


def is_new_glibc(name, version):
    """Whether a C library is a glibc that PyTorch's packages run with."""
    return name == "glibc" and tuple(map(int, version.split(".")[:2])) >= GLIBC


if __name__ == "__main__":
    sys.exit(obstacle(**this_python()))
