"""The command line: rnn-course lab | progress | book | assignment | bench | doctor.

Nothing heavy is imported before it is needed, and the number of threads is set before NumPy is loaded.
"""

import errno
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

from rnn_course.assignments.commands import assignment

DEVICES = ("cpu", "cuda", "mps")  # of rnn_course.speed, which is loaded later
OTHER_FOLDER = "Name another folder of yours: rnn-course lab FOLDER"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Plainly(click.Group):
    """Commands that end with one sentence where the system refuses something: a folder, a file, a full disk."""

    def invoke(self, ctx):
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except OSError as problem:
            if problem.errno == errno.EPIPE:  # whoever read the output has gone: click ends quietly
                raise
            raise click.ClickException(str(problem)) from None


@click.group(cls=Plainly, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rnn-course")
def main():
    """A course on recurrent neural networks: open it, build its site, measure this machine.

    The exit status is 0 when a command has done its work, 1 when it could not and has said why, 2 when it was not
    understood.
    """


def installed(module, requirement):
    """Refuse to go on without a package, in a sentence with the line that installs it."""
    from rnn_course.doctor import pip_line

    if importlib.util.find_spec(module) is None:
        raise click.ClickException(f"{requirement} is not installed; this installs it: {pip_line(requirement)}")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.Path(), metavar="[FOLDER] [OPTIONS]...")
def lab(words):
    """Open the course in JupyterLab: copies of the chapters in a FOLDER of yours, and a Start page.

    Without FOLDER they lie in `mine` in a clone of the course, and in `rnn-course` in your home where it was installed
    without one. What you have changed is never written over; a chapter that is newer than yours is laid beside it.
    OPTIONS go to JupyterLab.
    """
    installed("jupyterlab", "jupyterlab")
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
@click.argument("folder", required=False, type=click.Path(file_okay=False))
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
    """The learner whose folder has this name, or is the one that is taken where none is named."""
    from rnn_course.lab import Learner, place

    if not (place.COURSE / "notebooks").is_dir():
        raise click.ClickException(f"the chapters are not in {place.COURSE}: install the course again")
    return Learner(folder or _default_folder(), place.COURSE)


def _default_folder():
    from rnn_course.lab import place

    try:
        return place.default_folder()
    except RuntimeError as problem:
        raise click.ClickException(f"{problem}. {OTHER_FOLDER}") from None


@main.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
def book(folder):
    """Build the site and say where it lies.

    In a clone of the course this is `make book`. Where the course was installed without one, the site is built in
    FOLDER, `site` in the folder of your copies if you name none; that takes some minutes, since every chapter is run.
    """
    from rnn_course.lab import place, site

    if not place.INSTALLED:
        if folder is not None:
            raise click.BadParameter("in a clone the site is built in book/_build", param_hint="FOLDER")
        sys.exit(_make_book(place.COURSE))
    installed("jupyter_book", "rnn-course[book]")
    try:
        page = site.build(folder or _default_folder() / "site")
    except RuntimeError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"Open {page} in a browser")


def _make_book(clone):
    """The exit status of `make book`."""
    if shutil.which("make") is None:
        raise click.ClickException("`make` was not found, and the site is built with it")
    return subprocess.run(["make", "book"], cwd=clone, check=False).returncode


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
    """Say what this machine has of what the course needs, and the line that mends what it lacks.

    The exit status is 1 where something needed is missing.
    """
    from rnn_course.doctor import findings

    missing = 0
    for needed, name, found, line in findings():
        mark = "ok" if found else "MISSING" if needed else "absent"
        missing += needed and not found
        click.echo(f"{mark:8}{name}{f': {found}' if found else ''}")
        if line and not found:
            click.echo(f"{'':8}to mend it: {line}")
    sys.exit(bool(missing))
