"""The commands of `rnn-course assignment`: build, try, collect, mark, grades, return, scripts."""

import os
from pathlib import Path

import click

from rnn_course import files
from rnn_course.assignments.gradebooks import commands as gradebooks
from rnn_course.assignments.gradebooks.commands import FILE, FOLDER, plainly, say

HERE = Path(__file__).resolve().parent.parent.parent / "assignments"
ISOLATION = click.option(
    "--isolation",
    type=click.Choice(["auto", "bubblewrap", "podman", "docker", "limits"]),
    default="auto",
    show_default=True,
    help="what keeps submissions apart",
)
SOURCE = click.option(
    "--source",
    type=FOLDER,
    help="the folder with folders of assignments; without it, those of the course, which everybody can read",
)


@click.group()
def assignment():
    """Assignments: hand them out, collect them, mark them, return them."""


for command in (gradebooks.collect, gradebooks.grades, gradebooks.give_back):
    assignment.add_command(command)


@assignment.command()
@click.argument("name")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="the folder to fill")
@SOURCE
def build(name, out, source):
    """Build what is handed out for the assignment NAME: the students' zip, the solution, nbgrader's folder."""
    from rnn_course.assignments import building

    with plainly():
        built = _load(name, source)
        written = building.build(built, out)
    for sentence in building.differences(built):
        say(sentence)
    student, solution, graded = written[:3]
    click.echo(f"For students: {student}")
    click.echo(f"The solution, for you alone: {solution}")
    click.echo(f"For nbgrader, if you use it: {graded.parent}")
    click.echo(f"Tell your students: {built.late.rule}")


@assignment.command("try")
@click.argument("notebook", type=FILE)
@ISOLATION
def try_(notebook, isolation):
    """Say what of your NOTEBOOK will be read, what runs, and what the checks that you can see say: no marks."""
    from rnn_course.assignments import trying

    with plainly(), files.scratch() as folder:
        for line in trying.look(notebook, isolation, folder):
            say(line)


@assignment.command()
@click.argument("name")
@click.argument("submissions", type=FOLDER)
@click.option("--secret-file", type=FILE, required=True, help="what the cases that are marked are drawn from")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="the folder of the marks")
@click.option("--jobs", type=click.IntRange(1), help="submissions that run at once; without it, one for each core")
@ISOLATION
@SOURCE
def mark(name, submissions, secret_file, out, jobs, isolation, source):
    """Mark the SUBMISSIONS that `collect` has put into a folder, and write reports and tables.

    Only what has changed is marked again. Points for questions come from manual.csv in the folder of the marks: write
    them there and mark again. overrides.csv beside it changes any points, with a reason.
    """
    from rnn_course.assignments import whole_class
    from rnn_course.assignments.box import filled, packages
    from rnn_course.assignments.isolation import choose
    from rnn_course.assignments.specification import secret

    with plainly(), files.scratch() as folder:
        marked = _load(name, source)
        key, holds = secret(secret_file), packages(marked.packages)
        engine = choose(isolation, holds, click.echo)
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            click.echo("You are root, whom Linux holds to no number of processes: mark as another user.")
        contents = filled(folder, holds, marked.folder, marked.data)
        count = sum(1 for _ in submissions.glob(f"*/{name}.ipynb"))
        with click.progressbar(length=count, label="Marking", show_pos=True) as bar:
            done = whole_class.mark(
                marked, submissions, key, engine, contents, out, jobs or _cores(), lambda: bar.update(1)
            )
    for note in [*done.notes, *whole_class.todo(done.standings)]:
        say(note)
    click.echo(f"Marked: {done.marked}. As they were: {done.kept}. The marker failed on: {len(done.failed)}.")
    click.echo(f"Reports, marks.csv and summary.html are in {out}")
    if whole_class.unmarked(done.standings):
        click.echo(f"Write points and comments into {out / 'manual.csv'}, and mark again.")
    else:
        click.echo("All is marked. Fill your gradebook with `rnn-course assignment grades`.")
    raise SystemExit(bool(done.failed))


@assignment.command()
@click.argument("name")
@click.argument("submissions", type=FOLDER)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="the folder to fill")
@SOURCE
def scripts(name, submissions, out, source):
    """Write the code of the SUBMISSIONS alone, as Python files, for a tool that looks for what is alike (JPlag)."""
    from rnn_course.assignments import scripts as exporting

    with plainly():
        done = exporting.scripts(_load(name, source), submissions, out)
    for note in done.notes:
        say(note)
    click.echo(f"Scripts in {out}: {len(done.written)}.")


def _load(name, source):
    """The assignment of this name, from a private folder or from the course's."""
    from rnn_course.assignments import specification

    if source is None:
        if not HERE.is_dir():
            raise ValueError("the course's assignments are in its repository, not in the package: name a --source")
        click.echo("Everybody can read this assignment and its solution: work that counts wants a --source of yours")
    return specification.load(name, source or HERE)


def _cores():
    import joblib

    return joblib.cpu_count()
