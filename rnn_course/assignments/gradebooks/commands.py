"""The commands that collect submissions, fill a gradebook and return reports."""

import os
import unicodedata
from contextlib import contextmanager
from pathlib import Path

import click

from rnn_course import files

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
EITHER = click.Path(exists=True, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)

NEXT = {
    "Moodle": (
        "Now upload it in Moodle with “Upload grading worksheet”. Without a word Moodle passes over blank grades, "
        "grades over the maximum, grades that are as they were, locked ones, and those that were changed in Moodle "
        "after this worksheet was downloaded. It reads the dates of a worksheet in English alone: in another language "
        "whoever has a grade keeps it, unless you tick “Allow updating records that have been modified more recently "
        "in Moodle than in the spreadsheet”."
    ),
    "Canvas": (
        "Now import it in Canvas's gradebook and look at the changes that Canvas shows before you save them: "
        "somebody without a mark here keeps what stood there."
    ),
    "folder": "Now take it back to where it came from.",
}
TAKE_BACK = {
    "moodle": (
        "Now upload it in Moodle with “Upload multiple feedback files in a zip”, where “Feedback files” are on for the "
        "assignment. Moodle passes over people who are not in the class without a word."
    ),
    "canvas": (
        "Now upload it in Canvas with “Upload Submissions” in the assignment's own menu. Canvas shows each report as a "
        "comment, under the name of the file that the student handed in; uploading it again makes a second comment."
    ),
}


@contextmanager
def plainly():
    """Whatever is wrong is one sentence on the screen."""
    try:
        yield
    except (OSError, ValueError) as problem:
        raise click.ClickException(str(problem)) from None


def say(text):
    """Print a line; what a student wrote in it cannot steer the terminal."""
    click.echo("".join("�" if unicodedata.category(sign)[0] == "C" else sign for sign in text))


@click.command()
@click.argument("name")
@click.argument("submissions", type=EITHER, metavar="ZIP")
@click.option("--roster", type=FILE, required=True, help="the class, as the platform exports it (CSV)")
@click.option(
    "--from",
    "source",
    type=click.Choice(["moodle", "canvas", "nbgrader", "folder"]),
    required=True,
    help="the platform",
)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), required=True, help="the folder to fill")
def collect(name, submissions, roster, source, into):
    """Collect the submissions for the assignment NAME from a ZIP, or from a folder.

    Each notebook is stored as ID/NAME.ipynb, and collected.csv says what came of whom. Nothing is deleted, and what
    you write in its column extension_hours stays when you collect again.
    """
    from rnn_course.assignments.gradebooks import collecting

    with plainly():
        done = collecting.collect(name, submissions, roster, source, into)
    without = [row for row in done.rows if not row["source"]]
    for row in done.rows:
        if row["problem"]:
            say(f"{row['name']} ({row['id']}): {row['problem']}")
    for note in done.notes:
        say(note)
    click.echo(f"New notebooks: {done.new}. Replaced: {done.replaced}. As they were: {done.unchanged}.")
    click.echo(f"People: {len(done.rows)}. Nothing came of: {len(without)}.")
    late = sum(bool(row["late_hours"]) for row in done.rows)
    unknown = [row for row in done.rows if row["late_hours"] == "?"]
    for row in unknown:
        say(f"{row['name']} ({row['id']}): late, and nobody says by how much: write late_hours in the place of the ?")
    click.echo(f"Late: {late}. By how much is not known of: {len(unknown)}.")
    click.echo(f"Now look through {into / collecting.TABLE}, write extension_hours where you granted some, and mark.")


@click.command()
@click.argument("marks", type=FOLDER)
@click.option("--fill", "export", type=FILE, required=True, help="the gradebook, as the platform exports it (CSV)")
@click.option("--column", required=True, help="the column to fill, as its header has it")
@click.option("--out", type=NEW_FILE, required=True, help="the filled copy")
def grades(marks, export, column, out):
    """Fill one column of a gradebook with the marks in the folder MARKS, and change nothing else in it."""
    from rnn_course.assignments.gradebooks import filling

    if os.path.realpath(out) == os.path.realpath(export):
        raise click.ClickException(f"--out is {str(out)!r}, it must be another file than --fill")
    with plainly():
        done = filling.fill(marks, export, column)
        files.write(out, done.content)
    for note in done.notes:
        say(note)
    click.echo(f"Marks written: {done.filled}. There already: {done.same}. The copy is {out}")
    click.echo(NEXT[done.platform])


@click.command("return")
@click.argument("marks", type=FOLDER)
@click.option("--collected", type=FILE, required=True, help="the table that collect wrote")
@click.option("--for", "target", type=click.Choice(["moodle", "canvas"]), required=True, help="the platform")
@click.option("--out", type=NEW_FILE, required=True, help="the zip to write")
def give_back(marks, collected, target, out):
    """Put the reports ID.html of the folder MARKS into a zip that the platform hands to its students."""
    from rnn_course.assignments.gradebooks import returning

    with plainly():
        done = returning.pack(marks, collected, target)
        files.write(out, done.content)
    for note in done.notes:
        say(note)
    click.echo(f"Reports in {out}: {done.reports}.")
    click.echo(TAKE_BACK[target])
