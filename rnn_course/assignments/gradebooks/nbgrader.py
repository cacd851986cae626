"""nbgrader: the folder `submitted/STUDENT/ASSIGNMENT/`, and its lists of students and grades.

Sources, in jupyter/nbgrader: nbgrader/coursedir.py (directory_structure, get_existing_timestamp) and
nbgrader/plugins/export.py.
"""

import datetime
import re
import zoneinfo

from rnn_course.assignments.gradebooks import roster as rosters
from rnn_course.assignments.gradebooks.archive import Handed, Refused, nobodys

NAME = "nbgrader"
IDS, NAMES = ("student_id", "id"), ("name", "last_name", "first_name")
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(.*)")


def students(export, assignment=None):
    """Return the Students of a list of students, or of the grades that `nbgrader export` writes.

    There every assignment has its rows: those of `assignment` are taken. Raises ValueError where it has none, or where
    there is no column with ids.
    """
    found = rosters.plain_students(export, IDS, NAMES)
    last, first = rosters.column(export, ["last_name"]), rosters.column(export, ["first_name"])
    if None not in (last, first):
        found = [_named(export, student, last, first) for student in found]
    named, due = rosters.column(export, ["assignment"]), rosters.column(export, ["duedate"])
    if named is None or assignment is None:
        return found
    found = [student for student in found if export.rows[student.row][named] == assignment]
    if not found:
        there = ", ".join(sorted({row[named] for row in export.rows[1:] if row}))
        raise ValueError(f"{export.name} has no row of {assignment!r}, its assignments are {there}")
    return found if due is None else [s._replace(due=export.rows[s.row][due]) for s in found]


def _named(export, student, last, first):
    cells = export.rows[student.row]
    return student._replace(name=", ".join(filter(None, [cells[last], cells[first]])))


def submissions(archive, roster, assignment):
    """Return (the files handed in for this assignment, as a list of Handed, and sentences on the rest)."""
    found, others, notes, times = [], {}, [], {}
    for entry in archive.entries:
        parts = entry.parts
        parts = parts[parts.index("submitted") + 1 :] if "submitted" in parts[:-1] else parts
        if len(parts) < 3:
            notes.append(nobodys(entry))
        elif parts[1] != assignment:
            others[parts[1]] = others.get(parts[1], 0) + 1
        elif parts[2:] == ["timestamp.txt"]:
            times[parts[0]] = _time(archive, entry)
        else:
            found.append(Handed(parts[0], parts[-1], entry, entry.time))
    notes += [f"files of another assignment, {name}, were passed over: {count}" for name, count in others.items()]
    return [_timed(handed, times.get(handed.id, ""), roster) for handed in found], notes


def _time(archive, entry):
    try:
        return iso(archive.read(entry).decode("utf8", "replace"))
    except Refused:
        return ""


def iso(text):
    """Return a time of nbgrader's, such as `2015-02-02 15:58:23.948203 America/Los_Angeles`, as ISO 8601.

    It is blank where the text is no time, and without a zone where the zone is not known.
    """
    if not (found := TIME.fullmatch(text.strip())):
        return ""
    try:
        time = datetime.datetime.fromisoformat(f"{found[1]}T{found[2]}")
        if found[3]:
            time = time.replace(tzinfo=_zone(found[3]))
    except ValueError:
        return ""
    return time.isoformat()


def _zone(name):
    if name in ("UTC", "GMT", "Z"):
        return datetime.UTC
    if found := re.fullmatch(r"([+-])(\d\d):?(\d\d)", name):
        minutes = int(found[2]) * 60 + int(found[3])
        return datetime.timezone(datetime.timedelta(minutes=minutes if found[1] == "+" else -minutes))
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _timed(handed, time, roster):
    due = iso(roster[handed.id].due) if handed.id in roster else ""
    return handed._replace(submitted=time, late_hours=late_hours(time, due))


def late_hours(submitted, due):
    """Return by how many hours a time is past another, as text; blank where it is not, or where one is blank.

    A time without a zone is UTC, as in nbgrader's database.
    """
    if not (submitted and due):
        return ""
    times = [datetime.datetime.fromisoformat(time) for time in (submitted, due)]
    after, before = (time if time.tzinfo else time.replace(tzinfo=datetime.UTC) for time in times)
    hours = (after - before).total_seconds() / 3600
    return f"{hours:.2f}" if hours > 0 else ""
