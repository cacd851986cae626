"""Install PyTorch's small build where a machine has no use for the large one, and say how large either is.

On Linux the build that pip takes brings NVIDIA's libraries, whether there is a GPU or not. `make lab` runs this before
it installs the rest; by hand it is `.venv/bin/python tools/torch_build.py`, with `cpu` or `gpu` to choose oneself. It
leaves to pip what brings no such libraries: on other systems, or where PyTorch is installed already.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
DRIVER = Path("/proc/driver/nvidia/version")
LIBRARIES = re.compile(r"(cuda|nvidia)-|triton$")
LARGE = "PyTorch with the libraries for NVIDIA's GPUs: 2.6 GB to download, 5.2 GB on disk"
SMALL = "PyTorch for the processor alone: 0.2 GB to download, 0.8 GB on disk"
BY_HAND = """\
PyTorch's small build could not be installed with uv. Take the line that its page, pytorch.org/get-started/locally,
gives for pip and CPU, with `{python} -m pip` for `pip3` and `-c constraints.txt torch` for its list of packages; then
give the same command again. TORCH=gpu takes the large build instead."""


def main(build=""):
    """Install the build that was asked for, or the one that suits the machine, unless pip takes that by itself."""
    if build not in ("", "cpu", "gpu"):
        sys.exit(f"TORCH is {build!r}, it must be 'cpu' or 'gpu'")
    driver = has_driver()
    print("An NVIDIA driver was found." if driver else "No NVIDIA driver was found.")
    if not gpu_libraries():
        print(f"What pip takes for PyTorch brings no GPU libraries here. {SMALL}.")
    elif build == "gpu" or (driver and not build):
        print(f"{LARGE}. `make lab TORCH=cpu` takes the small build.", flush=True)
    else:
        print(f"{SMALL}. `make lab TORCH=gpu` takes the one for NVIDIA's GPUs.", flush=True)
        install_small()


def has_driver():
    """Whether this machine has an NVIDIA driver."""
    return shutil.which("nvidia-smi") is not None or DRIVER.exists()


def gpu_libraries():
    """The packages for GPUs that pip would install with PyTorch."""
    asked = pip("install", "--dry-run", "--quiet", "--report", "-", "torch")
    report = subprocess.run(asked, stdout=subprocess.PIPE, text=True)
    if report.returncode:
        sys.exit("pip cannot install PyTorch; what it says stands above")
    names = [package["metadata"]["name"] for package in json.loads(report.stdout)["install"]]
    return [name for name in names if LIBRARIES.match(name)]


def install_small():
    """Install the build for the processor with uv, which knows where PyTorch keeps it; end with the way by hand."""
    uv = shutil.which("uv")
    if uv is None and not subprocess.run(pip("install", "--quiet", "uv")).returncode:
        uv = Path(sys.executable).with_name("uv")
    words = ["pip", "install", "--python", sys.executable, "--torch-backend", "cpu", "-c", CONSTRAINTS, "torch"]
    if uv is None or subprocess.run([uv, *words]).returncode:
        sys.exit(BY_HAND.format(python=sys.executable))


def pip(command, *words):
    """The words of a command of pip, with the pins."""
    return [sys.executable, "-m", "pip", command, "-c", CONSTRAINTS, *words]


if __name__ == "__main__":
    main(*sys.argv[1:2])
