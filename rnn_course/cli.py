"""The command line: rnn-course lab | progress | book | assignment | bench | doctor.

Nothing heavy is imported before it is needed, and the number of threads is set before NumPy is loaded.
"""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

import click

from rnn_course.assignments.commands import assignment

ROOT = Path(__file__).resolve().parent.parent
DEVICES = ("cpu", "cuda", "mps")  # of rnn_course.speed, which is loaded later
OTHER_FOLDER = "Name another folder of yours: rnn-course lab FOLDER"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

TOOLS = {
    "make": "make lab, make test and make book",
    "npm": "the site's scripts",
    "chromium": "the browser tests",
    "c++": "torch.compile on a CPU",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rnn-course")
def main():
    """A course on recurrent neural networks: open it, build its site, measure this machine."""


def checkout(part):
    """The folder of the course's repository, if it is there with this part in it."""
    if not (ROOT / part).exists():
        raise click.ClickException(
            f"this needs the course's repository, and {part} is not beside the package: "
            "clone it and install it with `make lab`"
        )
    return ROOT


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[FOLDER] [OPTIONS]...")
def lab(words):
    """Open the course in JupyterLab: copies of the chapters in a FOLDER of yours, and a Start page.

    Without FOLDER they lie in `mine`, in the course's folder. What you have changed is never written over; a chapter
    that is newer than yours is laid beside it. OPTIONS go to JupyterLab.
    """
    from rnn_course.lab import server

    named = words[:1] if words and not words[0].startswith("-") else ()
    learner = _learner(*named)
    try:
        opened = learner.open()
    except (OSError, ValueError) as problem:
        raise click.ClickException(f"your copies cannot be made: {problem}. {OTHER_FOLDER}") from None
    click.echo(f"Your copies of the chapters are in {learner.folder}")
    for path, newer in opened.changed.items():
        click.echo(f"{path.name} is newer in the course; yours is as you left it, and the new one is {newer.name}")
    command = server.command(opened.start, learner.folder, words[len(named) :])
    # in this process's place, so that Ctrl-C asks what JupyterLab asks
    os.execve(command[0], command, server.environment(learner.progress))


@main.command()
@click.argument("folder", required=False)
def progress(folder):
    """Say which exercises you have solved, over all chapters. FOLDER is the one of `rnn-course lab`."""
    from rnn_course.lab import progress, start

    learner = _learner(*[folder] * (folder is not None))
    try:
        passed = set(progress.read(learner.progress))
    except (OSError, ValueError) as problem:
        raise click.ClickException(str(problem)) from None
    chapters = learner.chapters()
    width = max(len(chapter.title) for chapter in chapters)
    for chapter in chapters:
        right, left = start.done(chapter, passed)
        click.echo(f"{chapter.title:{width}}  right {right}, to do: {left}")


def _learner(folder=None):
    """The learner whose folder has this name; by default `mine` in the course's."""
    from rnn_course.lab import Learner

    course = checkout("notebooks")
    return Learner(folder or course / "mine", course)


@main.command()
def book():
    """Build the site, as `make book` does, and say where it lies."""
    root = checkout("Makefile")
    if shutil.which("make") is None:
        raise click.ClickException("`make` was not found, and the site is built with it")
    sys.exit(subprocess.run(["make", "book"], cwd=root, check=False).returncode)


main.add_command(assignment)


@main.group()
def bench():
    """Measure this machine."""


@bench.command()
@click.option("--device", type=click.Choice(DEVICES), default="cpu", show_default=True, help="what to measure")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="the record's file")
@click.option("--smoke", is_flag=True, help="every rung once and small, for correctness")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="threads on the CPU")
@click.option("--seconds", type=click.FloatRange(0.01, 600), default=0.5, show_default=True, help="for each rung")
@click.option("--tf32/--no-tf32", default=False, show_default=True, help="for cuDNN and matrix products alike")
def speed(device, out, smoke, threads, seconds, tf32):
    """Time one LSTM by every road, forward and backward, and write the record of it.

    A few minutes on a CPU, longer on a GPU, where it ends with what was expected and whether that held. The exit
    status is 1 where a rung failed or was wrong.
    """
    if seconds != seconds:
        raise click.BadParameter("it is not a number", param_hint="--seconds")
    if not out.parent.is_dir():
        raise click.ClickException(f"--out is {str(out)!r}, and its folder does not exist")
    kernels = os.environ.pop("OPENBLAS_CORETYPE", None)  # OpenBLAS is to pick its own
    os.environ |= dict.fromkeys(THREADS, str(threads))
    click.echo(f"OPENBLAS_CORETYPE was {kernels or 'not set'} and is not set here")
    from rnn_course import speed

    settings = {"seconds": seconds, "least": 5, "most": 50, "warmup": 1, "threads": threads, "tf32": tf32, "seed": 0}
    if smoke:
        settings |= {"seconds": 0.05, "least": 3, "most": 3}
    shapes = speed.SMOKE if smoke else speed.GRIDS[device]
    try:
        speed.check_device(device)
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None
    place = speed.machine()
    limits = speed.limits(device, threads, tf32, settings["seconds"])
    results = speed.measure(shapes, device=device, **settings, progress=_progress(len(shapes)))
    command = ["rnn-course", "bench", "speed", "--device", device, "--out", out.name, *["--smoke"] * smoke]
    command += ["--threads", str(threads), "--seconds", f"{seconds:g}", *["--tf32"] * tf32]
    more = {"smoke": smoke, "chunk": speed.CHUNK.get(device), "tolerance": speed.TOLERANCE}
    record = speed.make_record(
        results, limits, command=" ".join(command), device=device, settings=settings | more, place=place
    )
    speed.save_record(out, record)
    click.echo(speed.table(record))
    reasons = [result["skipped"] or "" for result in results]
    failed, lost = (sum(r.startswith(kind) for r in reasons) for kind in (speed.FAILED, speed.OUT_OF_MEMORY))
    click.echo(f"\n{out}: {len(results)} results, {failed} failed, {lost} out of memory")
    if verdicts := speed.verdicts(record):
        click.echo(f"\n{verdicts}")
    sys.exit(bool(failed))


def _progress(shapes):
    """Says on standard error when a shape is done."""
    seen = []

    def progress(result):
        shape = [result[name] for name in ("batch", "time", "input", "hidden")]
        if shape not in seen:
            seen.append(shape)
            click.echo(f"{len(seen)} of {shapes}: batch, time, input, hidden = {shape}", err=True)

    return progress


@main.command()
def doctor():
    """Say what this machine has of what the course needs, a line each; the exit status is 1 where something needed
    is missing."""
    missing = 0
    for needed, name, found in _findings():
        mark = "ok" if found else "MISSING" if needed else "absent"
        missing += needed and not found
        click.echo(f"{mark:8}{name}{f': {found}' if found else ''}")
    sys.exit(bool(missing))


def _findings():
    """(needed?, what, what was found or nothing) of everything the course uses."""
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    pythons, python = SpecifierSet(metadata("rnn-course")["Requires-Python"]), platform.python_version()
    yield True, f"Python {pythons}", python if pythons.contains(python, prereleases=True) else ""
    for requirement in map(Requirement, requires("rnn-course") or ()):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found = _version(requirement.name)
            yield True, f"package {requirement}", found if found and found in requirement.specifier else ""
    yield False, "jupyter-book, for the site", _version("jupyter-book")
    for tool, use in TOOLS.items():
        yield False, f"{tool}, for {use}", shutil.which(tool) or ""
    yield False, "a GPU that torch sees (the speed ladder measures cuda and mps)", _gpu()
    yield False, "the repository, for lab and book", str(ROOT) if (ROOT / "notebooks").exists() else ""


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
