"""A plain folder, or a zip of one: `ID.ipynb`, or `ID/NAME.ipynb`, with a list of the students beside it."""

from rnn_course.assignments.gradebooks import roster as rosters
from rnn_course.assignments.gradebooks.archive import Handed, nobodys

NAME = "folder"
IDS = ("id", "student_id", "student id", "identifier")
NAMES = ("name", "student", "full name", "student_name")


def students(export, assignment=None):
    """Return the Students of a list; ValueError where it has no column with ids."""
    return rosters.plain_students(export, IDS, NAMES)


def columns(export):
    """Return the columns that can be filled: all but those with the ids and the names."""
    fixed = {rosters.column(export, IDS), rosters.column(export, NAMES)}
    return [name for at, name in enumerate(export.header) if at not in fixed]


def submissions(archive, roster, assignment):
    """Return (the files handed in, as a list of Handed, and sentences on what belongs to nobody)."""
    found, notes = [], []
    for entry in archive.entries:
        if owner := _owner(entry.parts, roster, assignment):
            found.append(Handed(owner, entry.parts[-1], entry, entry.time))
        else:
            notes.append(nobodys(entry))
    return found, notes


def _owner(parts, roster, assignment):
    """The id that a path names: a folder's that is on the roster, or the file's; None for what is no notebook's."""
    if not parts:
        return None
    stem, _, ending = parts[-1].rpartition(".")
    notebook = ending.lower() == "ipynb"
    known = [folder for folder in parts[:-1] if folder in roster]
    if known:
        return known[0]
    if stem in roster:
        return stem
    if notebook and stem == assignment and len(parts) > 1:
        return parts[-2]
    return stem if notebook and stem != assignment else None
