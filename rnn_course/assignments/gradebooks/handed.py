"""One file that somebody handed in, as every platform's module reports it."""

from typing import NamedTuple

from rnn_course.assignments.gradebooks.archive import Entry


class Handed(NamedTuple):
    """A file of a submission.

    id              of the student, as text
    filename        as the student named it
    entry           where it stands
    order           the later of two files has the larger
    submitted       ISO 8601, or blank where the platform does not say
    late_hours      as `collected.csv` has it: a number, blank, or "?"
    """

    id: str
    filename: str
    entry: Entry
    order: tuple = ()
    submitted: str = ""
    late_hours: str = ""


def nobodys(entry):
    """The sentence on an entry that is no student's."""
    return f"{entry.path} is nobody's: {entry.problem or 'its path names no student'}"
