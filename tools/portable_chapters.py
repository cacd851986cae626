"""Run every chapter with other seeds, other kernels of the linear algebra and other numbers of threads.

A chapter states what holds, not what one draw on one machine gave: its cells must pass under each of these settings.
Takes about half an hour on two cores; the names of chapters to run, such as 03_bptt, may be given as arguments.
"""

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

from rnn_course.seeds import VARIABLE

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PYTEST = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env", "-n", "2", "--dist", "loadfile"]
# One thread each, as `make` runs the chapters, where a setting says nothing else.
USUAL = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
SEEDS = [{VARIABLE: str(shift)} for shift in (1000, 2000, 3000, 4000, 5000)]
# Kernels of every 64-bit x86 processor, and of those with AVX2 (since 2013).
KERNELS = [
    {"OPENBLAS_CORETYPE": "Nehalem", "ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41"},
    {"OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
]
THREADS = [dict.fromkeys(USUAL, number) for number in ("1", "2")]


def main():
    """Print a line for each setting and, where a chapter fails, what pytest says; exit with 1 if one does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER")
    chapters = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
    asked = parser.parse_args().chapters or chapters
    if unknown := set(asked) - set(chapters):
        parser.error(f"there is no chapter {', '.join(sorted(unknown))}; there are {', '.join(chapters)}")
    paths = [str(NOTEBOOKS / f"{name}.ipynb") for name in asked]
    failed = [setting for setting in settings() if not passes(setting, paths)]
    sys.exit(bool(failed))


def settings():
    """The variables of each run; kernels are chosen by name on the processors that have these alone."""
    if platform.machine().lower() in ("x86_64", "amd64"):
        return SEEDS + KERNELS + THREADS
    print(f"on {platform.machine()} the kernels have other names: they are left out")
    return SEEDS + THREADS


def passes(setting, paths):
    """Run the chapters in the environment of a setting, print what came of it, and return whether all passed."""
    run = subprocess.run([*PYTEST, *paths], env=os.environ | USUAL | setting, capture_output=True, text=True)
    name = ", ".join(f"{variable}={value}" for variable, value in setting.items())
    said = (run.stdout.strip() or run.stderr.strip()).splitlines() or ["pytest said nothing"]
    print(f"{name}: {said[-1]}", flush=True)
    if run.returncode:
        print(run.stdout, run.stderr, sep="\n", flush=True)
    return run.returncode == 0


if __name__ == "__main__":
    main()
