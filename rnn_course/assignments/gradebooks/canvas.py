"""Canvas: its gradebook's export, its zip of submissions, and the names of the files it takes back.

Sources, in instructure/canvas-lms: lib/gradebook_exporter.rb, lib/gradebook_importer.rb, lib/content_zipper.rb
(add_upload_submission, get_filename, sanitize_user_name) and app/models/abstract_assignment.rb
(infer_comment_context_from_filename).
"""

import re
import unicodedata

from rnn_course.assignments.gradebooks.archive import Handed, nobodys
from rnn_course.assignments.gradebooks.roster import Student

NAME = "Canvas"
DELIMITERS = (",", ";")
POINTS_POSSIBLE = "Points Possible"
NO_STUDENT = re.compile(r"\s*(?:Muted|Manual Posting.*)?\s*", re.IGNORECASE)  # as the importer tells such a row
READ_ONLY = re.compile(r"read\s+only")
INFORMATION = ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID")
INFORMATION += ("Root Account", "Section")
KEPT = {"EX": "Canvas has excused this student", "N/A": "the assignment is not for this student"}
ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<id>anon_[A-Za-z0-9]+)_(?P<file>\d+)_(?P<name>.+)", re.DOTALL)
AGAIN = re.compile(r"-(\d+)(?=\.[^.]*$)")  # what Canvas puts to the name of a file that is there already


def recognises(export):
    """Whether an Export has the header of Canvas's gradebook."""
    header = export.header
    named = header[:2] == ["Student", "ID"] or header[:3] == ["LastName", "FirstName", "ID"]
    return named and "Section" in header


def students(export, assignment=None):
    """Return the Students of a gradebook; ValueError where it is none of Canvas's."""
    if not recognises(export):
        raise ValueError(
            f"{export.name} begins with the columns {', '.join(export.header[:3])}, "
            "a gradebook from Canvas begins with Student and ID and has Section"
        )
    two_names = export.header[0] == "LastName"
    found = []
    for row, cells in enumerate(export.rows):
        if row and not all(map(NO_STUDENT.fullmatch, cells)) and POINTS_POSSIBLE not in cells[0]:
            name = ", ".join(cells[:2]) if two_names else cells[0]
            found.append(Student(cells[1 + two_names] if len(cells) > 2 else "", name, row))
    return found


def submissions(archive, roster, assignment):
    """Return (the files handed in, as a list of Handed, and sentences on what belongs to nobody)."""
    handed = {entry: _handed(entry, roster) for entry in archive.entries}
    found = [one for one in handed.values() if one is not None]
    return found, [nobodys(entry) for entry, one in handed.items() if one is None]


def _handed(entry, roster):
    parsed = _parsed(entry.parts[-1] if entry.parts else "", roster)
    if parsed is None:
        return None
    _, late, student, file, filename = parsed
    again = AGAIN.search(filename)
    # a file that is uploaded later has the larger number, whatever its name
    order = (int(file), int(again[1]) if again else 0)
    return Handed(student, filename, entry, order, late_hours="?" if late else "")


def _parsed(name, roster):
    """(name, late, id, id of the file, file name) of `lastfirst[_LATE]_ID_FILE_FILENAME`; None where it is none.

    A name can hold numbers between underscores, and so can a file's name: of several readings the one is taken in
    which the name is the roster's, and else the first whose id is on the roster.
    """
    if found := ANONYMOUS.fullmatch(name):
        if not (found["id"].removeprefix("anon_").isdecimal() and found["id"].removeprefix("anon_") in roster):
            return "", bool(found["late"]), found["id"], found["file"], found["name"]
    readings = []
    parts = name.split("_")
    for at in range(len(parts) - 2):
        if re.fullmatch(r"\d+", parts[at]) and re.fullmatch(r"\d+", parts[at + 1]):
            before = parts[:at]
            late = before[-1:] == ["LATE"]
            readings.append(("_".join(before[: at - late]), late, parts[at], parts[at + 1], "_".join(parts[at + 2 :])))
    for reading in readings:
        if reading[2] in roster and reading[0] == in_file_names(roster[reading[2]].name):
            return reading
    for reading in readings:  # a group's name, or a name that was changed since
        if reading[2] in roster:
            return reading
    return readings[0] if readings else None


def in_file_names(name):
    """A student's name as Canvas writes it in the names of files: small, and letters, digits and underscores alone."""
    small = re.sub(r"_(\d+)_", r"\1", name).lower()
    return "".join(sign for sign in small if sign.isalnum() or unicodedata.category(sign)[0] == "M" or sign == "_")


def maxima(export, column):
    """Return `{row: text}` of the points that can be had, for each student's row; ValueError where none are named."""
    row = next((cells for cells in export.rows[1:] if cells and POINTS_POSSIBLE in cells[0]), None)
    if row is None or column >= len(row) or not row[column].strip():
        raise ValueError(f"{export.name} names no {POINTS_POSSIBLE} for {export.header[column]!r}")
    if READ_ONLY.search(row[column]):
        raise ValueError(f"{export.header[column]!r} is read only in Canvas, it must be a column of an assignment")
    return {student.row: row[column] for student in students(export)}


def columns(export):
    """Return the columns that can be filled."""
    points = next((cells for cells in export.rows[1:] if cells and POINTS_POSSIBLE in cells[0]), [])
    fixed = {column for column, cell in enumerate(points) if READ_ONLY.search(cell)}
    return [name for column, name in enumerate(export.header) if name not in INFORMATION and column not in fixed]


def wrote(row):
    """Whether the file of a row of `collected.csv` has a name that Canvas gives."""
    return feedback_path(row) is not None


def feedback_path(row):
    """Return the path at which Canvas looks for a student's report, of a row of `collected.csv`; None without one.

    Canvas reads the first two numbers between underscores, and passes over a name whose last part begins with `link`;
    so nothing that a student named is left in the path.
    """
    name = row["source"].replace("\\", "/").rpartition("/")[2]
    anonymous = row["id"].startswith("anon_") and ANONYMOUS.fullmatch(name)
    if anonymous:
        return f"{row['id']}_{anonymous['file']}_feedback.html"
    parsed = _parsed(name, {row["id"]: Student(row["id"], row["name"], 0)})
    if parsed is None or parsed[2] != row["id"]:
        return None
    letters = re.sub(r"[\W\d_]+", "", row["name"]).lower()
    # a class's group may have any name, and Canvas takes a group's name off the front
    return f"{letters or 'student'}_{row['id']}_{parsed[3]}_feedback.html"
