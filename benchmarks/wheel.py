"""What it takes from a wheel to the first output of the first chapter, and what it fills on the disk.

`python -m benchmarks.wheel` builds the wheel, makes an empty environment, and installs the wheel there from where pip
installs, with the pins: the one measurement that uses the network.
"""

import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from benchmarks.harness import machine

ROOT = Path(__file__).resolve().parent.parent
TORCH = ("torch", "nvidia", "triton")  # folders of packages
# Run the cells of a chapter until one shows something, as a learner does who presses Shift + Enter.
FIRST = """
import sys, nbformat, nbclient
notebook = nbformat.read(sys.argv[1], as_version=4)
client = nbclient.NotebookClient(notebook, kernel_name="python3")
with client.setup_kernel():
    for number, cell in enumerate(notebook.cells):
        client.execute_cell(cell, number)
        if cell.get("outputs"):
            break
"""


def main():
    """Measure once, and print."""
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))


def measure(folder):
    """Build, install, make the copies and run, and print what each of them took."""
    environment, home = folder / "env", folder / "home"
    home.mkdir()
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    pip = [python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel]
    lab = [environment / "bin" / "rnn-course", "lab", "--version"]  # JupyterLab only says its version
    chapter = home / "rnn-course" / "notebooks" / "01_background.ipynb"
    print(*machine(), f"The wheel: {wheel.stat().st_size / 1e6:.1f} MB", sep="\n")
    for name, words, place in (
        ("pip install", pip, folder),
        ("rnn-course lab, until JupyterLab starts", lab, home),
        ("the first chapter, until its first output", [python, "-c", FIRST, chapter], home),
    ):
        start = time.perf_counter()
        run(*words, cwd=place, env=os.environ | {"HOME": str(home)})
        print(f"{name}: {time.perf_counter() - start:.0f} s", flush=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    torch = sum(on_disk(packages / name) for name in TORCH)
    print(f"On disk: {on_disk(environment) / 1e9:.2f} GB, of it PyTorch {torch / 1e9:.2f} GB")


def run(*words, **how):
    """Run a command, quiet unless it fails."""
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, **how)


def on_disk(folder):
    """The bytes of all files below a folder; 0 where it is not there."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    main()
