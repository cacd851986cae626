"""A module that goes where the course is not imports nothing of it."""

import pytest

from rnn_course.assignments import box, building
from rnn_course.assignments.apart import standing_alone

MOVED = [(path, False) for path in box.CODE] + [(path, True) for path in building.CODE.values()]


@pytest.mark.parametrize(("path", "package"), MOVED)
def test_nothing_of_the_course_is_imported(path, package):
    lines = standing_alone(path, package).splitlines()
    assert not [line for line in lines if line.lstrip().startswith(("from rnn_course", "import rnn_course"))]


def test_imports_come_from_beside_or_from_the_package():
    assert "\nimport frames\nfrom calling import call" in standing_alone("assignments/worker.py", False)
    visible = standing_alone("assignments/visible.py", True)
    assert "\nfrom . import frames\nfrom .rating import rate\nfrom .calling import call" in visible
