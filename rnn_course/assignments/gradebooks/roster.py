"""Who is in the class: the students of an export, as text and in its order."""

from collections import Counter
from typing import NamedTuple

from rnn_course.assignments.gradebooks import ids


class Student(NamedTuple):
    """A student on a roster.

    id              the platform's, as text
    name            as the platform writes it
    row             the row of the export, 0 is the header
    submitted       when something was handed in, ISO 8601, or blank where the export does not say
    late_hours      as `collected.csv` has it: a number, blank, or "?"
    due             when it had to be handed in, as the platform writes it, or blank
    unread          a time of handing in as the platform writes it, where that is not understood
    """

    id: str
    name: str
    row: int
    submitted: str = ""
    late_hours: str = ""
    due: str = ""
    unread: str = ""


def of(export, platform, assignment):
    """Return `{id: Student}` of an Export, in its order, as a platform's module reads it.

    Raises ValueError where the export is none of that platform's, where an id is there twice or cannot name a folder,
    and where a student's row has more or fewer cells than the header.
    """
    students = platform.students(export, assignment)
    for student in students:
        whole_row(export, student.row)
        ids.folder_name(f"the id in row {student.row + 1} of {export.name}", student.id)
    if not students:
        raise ValueError(f"{export.name} has no student in it, it must have one a row")
    times = Counter(ids.same(student.id) for student in students)
    if twice := [student for student in students if times[ids.same(student.id)] > 1]:
        rows = ", ".join(f"{student.id} in row {student.row + 1}" for student in twice)
        raise ValueError(f"{export.name} has ids that are there twice, each must be there once: {rows}")
    return {student.id: student for student in students}


def who(name, id):
    """How a person is told of: by name and id, or by the id alone."""
    return f"{name} ({id})" if name else id


def whole_row(export, row):
    """Return the cells of a row; ValueError where it is not as long as the header, so that cells may have shifted."""
    cells, wanted = export.rows[row], len(export.header)
    if len(cells) < wanted or any(cells[wanted:]):
        raise ValueError(f"{export.name} has {len(cells)} cells in row {row + 1}, its header has {wanted}")
    return cells


def column(export, names):
    """Return where the first column stands that has one of these names, however it is written; None without one."""
    header = [cell.strip().casefold() for cell in export.header]
    return next((header.index(name) for name in names if name in header), None)


def plain_students(export, id_names, name_names):
    """Return the Students of an export that has a column with their ids and perhaps one with their names."""
    ids_at, names_at = column(export, id_names), column(export, name_names)
    if ids_at is None:
        raise ValueError(
            f"{export.name} has the columns {', '.join(export.header)}, it must have one of {', '.join(id_names)}"
        )
    students = []
    for row in range(1, len(export.rows)):
        if any(export.rows[row]):
            cells = whole_row(export, row)
            students.append(Student(cells[ids_at], "" if names_at is None else cells[names_at], row))
    return students
