"""What everybody comes to: points of the marker and of a person, what was late, and what is still to be done."""

from typing import NamedTuple

from rnn_course.assignments import marking
from rnn_course.assignments.by_hand import TOTAL, Given
from rnn_course.assignments.gradebooks import filling


class Line(NamedTuple):
    """One part of a student's standing.

    name, title   of the task or the question
    points        None where a question is not marked yet
    maximum       the points for a full answer
    state         one of `marking`'s, or "question"
    message       what the marker says of a task, or what the student wrote to a question
    comment       a person's
    before        the points that a person has overridden; None where they have not
    """

    name: str
    title: str
    points: float | None
    maximum: float
    state: str
    message: str
    comment: str = ""
    before: float | None = None


class Standing(NamedTuple):
    """A student's standing: lines for the parts, points or None, and sentences on what they hang on.

    late      a sentence on what being late costs; blank where it costs nothing
    problems  what a person should look at, phrases
    unmarked  names of the questions that a person has to mark before there are points
    report    the `Report`, None where nothing can be marked
    """

    id: str
    name: str
    lines: list
    points: float | None
    maximum: float
    late: str
    comment: str
    problems: list
    unmarked: list
    report: marking.Report | None

    @property
    def problem(self):
        """All that stands in the way of a mark, or makes one doubtful, as the table of marks says it."""
        return "; ".join([*self.problems, *[f"not marked yet: {', '.join(self.unmarked)}"] * bool(self.unmarked)])


def of(assignment, row, report, given, overrides):
    """The `Standing` of one student.

    Arguments
        assignment   an `Assignment`
        row          theirs in `collected.csv`
        report       the `Report` on their notebook, or None where there is none
        given        `{(id, question): Given}`
        overrides    `{(id, part): Given}`

    Raises ValueError where the hours in the row are no numbers.
    """
    id, problems = row["id"], list(filter(None, [row["problem"]]))
    lines = [] if report is None else _lines(assignment, id, report, given, overrides)
    hours, unknown = late_hours(row)
    factor = assignment.late.factor(hours)
    unmarked = [line.name for line in lines if line.points is None]
    reached = None if unmarked or not lines or not report.readable else round(sum(line.points for line in lines), 2)
    late = "" if factor == 1 else _late(hours, factor, reached)
    points = None if reached is None else round(factor * reached, 2)
    final = overrides.get((id, TOTAL), Given(None))
    if final.points is None:
        problems += _ended(report)
        problems += ["late by an unknown time, which costs nothing until you write late_hours"] * unknown
    else:
        points, unmarked = final.points, []
    return Standing(id, row["name"], lines, points, assignment.maximum, late, final.comment, problems, unmarked, report)


def number(points):
    """Points as tables and pages have them: two decimals at most; blank where there are none."""
    return "" if points is None else f"{round(points, 2):g}"


def _late(hours, factor, reached):
    if reached is None:
        return f"Handed in {hours:g} hours late: the points are multiplied by {factor:g}."
    return f"Handed in {hours:g} hours late: {reached:g} points are multiplied by {factor:g}."


def _ended(report):
    """What a person should look at, since the marker had to end a process, or could not read the file."""
    if report is None:
        return []
    if not report.readable:
        return ["the file cannot be read and has no mark until you give one in overrides.csv"]
    places = [f"cell {error['cell']}" for error in report.errors if error.get("ended")]
    places += [part.name for part in report.parts if part.state == marking.ENDED]
    return [f"its process was ended in {', '.join(places)}"] * bool(places)


def late_hours(row):
    """(how many hours late beyond the extension, whether that is not known) of a row of `collected.csv`."""
    hours = {}
    for column in ("late_hours", "extension_hours"):
        text = row[column].strip()
        found = filling.number(text) if text not in ("", "?") else 0
        if found is None or found < 0:
            raise ValueError(f"{column} is {text!r} for {row['id']!r}, it must be a number of hours from 0 on")
        hours[column] = float(found)
    return max(0.0, hours["late_hours"] - hours["extension_hours"]), row["late_hours"].strip() == "?"


def _lines(assignment, id, report, given, overrides):
    titles = {question.name: question.title for question in assignment.questions}
    lines = [Line(p.name, f"`{p.name}`", p.points, p.maximum, p.state, p.message) for p in report.parts]
    for question in assignment.questions:
        points, comment = given[id, question.name]
        answer = report.answers[question.name]
        lines.append(Line(question.name, titles[question.name], points, question.points, "question", answer, comment))
    return [_overridden(line, overrides.get((id, line.name))) for line in lines]


def _overridden(line, given):
    if given is None:
        return line
    comment = " ".join(filter(None, [line.comment, given.comment]))
    return line._replace(points=given.points, comment=comment, before=line.points)
