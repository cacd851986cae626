"""The platforms by the names that the commands give them; each is a module with `students` and `submissions`."""

from rnn_course.assignments.gradebooks import canvas, folder, moodle, nbgrader

COLLECTED = {"moodle": moodle, "canvas": canvas, "nbgrader": nbgrader, "folder": folder}
RETURNED = {"moodle": moodle, "canvas": canvas}


def of(export):
    """Return the module whose gradebook an Export is; that of a plain list where it is no platform's."""
    return next((platform for platform in (canvas, moodle) if platform.recognises(export)), folder)
