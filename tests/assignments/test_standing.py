"""What everybody comes to: the sum, what being late costs, and what a person decided."""

from pathlib import Path

import pytest

from rnn_course.assignments import marking, specification, standing
from rnn_course.assignments.by_hand import Given
from rnn_course.assignments.gradebooks.collecting import COLUMNS

ASSIGNMENT = specification.load("means", Path(__file__).parent / "examples")  # late: a quarter a day, half at most
PARTS = [marking.Part("means", 3.0, 4, "wrong", "m"), marking.Part("without_mean", 6.0, 6, "right", "w")]
REPORT = marking.Report(PARTS, [], [], {"why": "so"})
GIVEN = {("1", "why"): Given(1.0, "Good.")}


def of(report=REPORT, given=GIVEN, overrides=None, **row):
    row = dict.fromkeys(COLUMNS, "") | {"id": "1", "name": "A"} | row
    return standing.of(ASSIGNMENT, row, report, given, overrides or {})


def test_the_parts_are_added():
    found = of()
    assert found.points == 10 and found.maximum == 12 and not found.late and not found.problem
    assert [(line.title, line.points, line.comment) for line in found.lines] == [
        ("`means`", 3.0, ""),
        ("`without_mean`", 6.0, ""),
        ("Why over time?", 1.0, "Good."),
    ]


@pytest.mark.parametrize(
    ("late", "extension", "points"),
    [
        ("", "", 10),
        ("0.5", "", 7.5),
        ("30", "", 5),
        ("30", "6", 7.5),
        ("30", "48", 10),
        ("2,5", "", 7.5),
        ("999", "", 5),
    ],
)
def test_what_is_late_loses_by_the_rule_and_an_extension_counts(late, extension, points):
    found = of(late_hours=late, extension_hours=extension)
    assert found.points == points
    assert bool(found.late) == (points < 10)


def test_late_by_an_unknown_time_costs_nothing_and_is_told():
    found = of(late_hours="?")
    assert found.points == 10 and "late by an unknown time" in found.problem


@pytest.mark.parametrize("hours", ["a day", "-1", "1:30"])
def test_hours_that_are_none_are_refused(hours):
    with pytest.raises(ValueError, match=f"extension_hours is '{hours}' for '1', it must be a number of hours"):
        of(extension_hours=hours)


def test_nobody_has_points_before_all_is_marked():
    found = of(given={("1", "why"): Given(None)}, problem="twice")
    assert found.points is None and found.problem == "twice; not marked yet: why"


def test_overrides_take_the_place_of_a_part_or_of_the_whole():
    found = of(overrides={("1", "means"): Given(4.0, "seen"), ("2", "total"): Given(0.0)})
    assert found.points == 11 and found.lines[0].comment == "seen" and found.lines[0].points == 4
    found = of(given={("1", "why"): Given(None)}, overrides={("1", "total"): Given(2.0, "talk")}, late_hours="50")
    assert found.points == 2 and found.comment == "talk" and not found.problem
    assert of(None, overrides={("1", "total"): Given(2.0)}).points == 2


def test_who_handed_nothing_in_has_no_points():
    found = of(None, problem="nothing was submitted")
    assert found.points is None and not found.lines and found.problem == "nothing was submitted"
