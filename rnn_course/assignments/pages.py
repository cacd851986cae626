"""The pages that a round of marking ends in: a report for each student, and one on the class.

Whatever a student wrote is text: Jinja escapes it, and the page's own policy lets no script run.
"""

import functools
import re
import statistics
from collections import Counter

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from rnn_course.assignments import standing
from rnn_course.assignments.marking import ABSENT, ENDED, OPEN, RIGHT
from rnn_course.exercises import shown

ANSWER = 20_000  # characters of an answer that a report shows
ERRORS = 20  # cells that failed and are listed
TOLD = 12  # sentences that the page on the class lists for a task
BINS = 10
OWN = re.compile(r"\d+ of \d+|\d+\.\d+(e[+-]\d+)?|\(\d[\d, ]*\)")  # what in a sentence is one student's cases alone


def report(assignment, one):
    """The page of a `Standing`, as text."""
    return _templates().get_template("report.html").render(title=assignment.title, standing=one, most=ERRORS)


def summary(assignment, standings):
    """The page on a class, from a list of `Standing`."""
    marked = [one for one in standings if one.lines]
    points = [one.points for one in marked if one.points is not None]
    return (
        _templates()
        .get_template("summary.html")
        .render(
            title=assignment.title,
            maximum=assignment.maximum,
            people=len(standings),
            handed_in=len(marked),
            points=points,
            mean=statistics.fmean(points) if points else None,
            median=statistics.median(points) if points else None,
            spread=_spread(points, assignment.maximum),
            parts=_parts(marked),
            errors=_errors(marked),
            most=max(1, len(marked)),
        )
    )


@functools.cache
def _templates():
    made = Environment(loader=PackageLoader("rnn_course.assignments"), autoescape=True, trim_blocks=True)
    made.filters |= {
        "number": standing.number,
        "told": lambda text: Markup(shown.as_html(text)),
        "capped": lambda text: text if len(text) <= ANSWER else f"{text[:ANSWER]} …",
        "verdict": lambda line: Markup(shown.drawn(_look(line.state), line.message)),
    }
    return made


def _look(state):
    return {RIGHT: shown.RIGHT, OPEN: shown.OPEN, ABSENT: shown.OPEN}.get(state, shown.WRONG)


def _spread(points, maximum):
    """How many have how many points, in bins of equal width, the whole in the last one."""
    edges = [maximum * k / BINS for k in range(BINS + 1)]
    counts = Counter(min(BINS - 1, int(BINS * value / maximum)) for value in points)
    last = BINS - 1
    below = [(f"{edges[k]:g} to under {edges[k + 1]:g}", counts[k]) for k in range(last)]
    return [*below, (f"{edges[last]:g} to {maximum:g}", counts[last])]


def _parts(marked):
    """What became of each part, in their order."""
    parts = []
    for lines in zip(*(one.lines for one in marked), strict=True):
        given = [line.points for line in lines if line.points is not None]
        parts.append(
            {
                "title": lines[0].title,
                "maximum": lines[0].maximum,
                "mean": statistics.fmean(given) if given else 0,
                "states": Counter(map(_became, lines)).most_common(),
                "told": _told([one.report for one in marked], lines[0].name),
            }
        )
    return parts


def _became(line):
    if line.points is None:
        return "not marked yet"
    if line.points >= line.maximum:
        return "every point"
    if line.points > 0:
        return "some points"
    return {OPEN: "not attempted", ABSENT: "not there", ENDED: "its process was ended"}.get(line.state, "no point")


def _told(reports, name):
    """The mistakes by how many students made them; where an answer has none with a name, what was said of it."""
    found = Counter()
    for part in (part for report in reports for part in report.parts if part.name == name):
        if part.state not in (RIGHT, OPEN, ABSENT, ENDED):
            found.update(part.mistakes or (OWN.sub("…", part.message),))
    return found.most_common(TOLD)


def _errors(marked):
    kinds = ({error["error"].partition(":")[0] for error in one.report.errors} for one in marked)
    return Counter(kind for of_one in kinds for kind in of_one).most_common(TOLD)
