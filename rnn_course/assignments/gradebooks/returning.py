"""Returning: everybody's report goes into a zip under the name by which the platform knows whose it is."""

from pathlib import Path
from typing import NamedTuple

from rnn_course.assignments.gradebooks import collecting, filling, ids
from rnn_course.assignments.gradebooks.platforms import RETURNED
from rnn_course.assignments.gradebooks.roster import who
from rnn_course.assignments.zips import zipped
from rnn_course.validate import one_of

SUMMARY = "summary.html"  # the page on the class, which is nobody's report


class Returned(NamedTuple):
    """A zip of reports: its bytes, how many are in it, and what a person has to know, in sentences."""

    content: bytes
    reports: int
    notes: list


def pack(marks, collected, target):
    """Return the reports `ID.html` of a folder of marks as a zip for a platform, as Returned.

    marks           the folder with the reports
    collected       the table that `collect` wrote
    target          "moodle" or "canvas"

    Raises ValueError where there is no report for anybody, or the table is none; OSError where a file cannot be read.
    """
    platform = RETURNED[one_of("target", target, tuple(RETURNED))]
    folder, reports, notes, early = Path(marks), {}, [], 0
    rows, unmarked = collecting.read(collected, [page.stem for page in folder.glob("*.html")]), _unmarked(folder)
    handed_in = [row for row in rows if row["source"]]
    if handed_in and not any(map(platform.wrote, handed_in)):
        raise ValueError(f"{Path(collected).name} names no file as {platform.NAME} hands it out: name another platform")
    for row in rows:
        report = folder / f"{ids.folder_name('id', row['id'])}.html"
        path, person = platform.feedback_path(row), who(row["name"], row["id"])
        if not report.is_file():
            notes.append(f"{person} has no report: there is no {report.name}")
        elif path is None:
            notes.append(f"{person} gets no report: {platform.NAME} takes one only for a file that was handed in")
        elif path in reports:
            notes.append(f"{person} gets no report: another report has the same path, {path}")
        else:
            reports[path] = report.read_bytes()
            early += row["id"] in unmarked
    notes += [f"Reports in which not everything is marked: {early}"] * bool(early)
    known = {row["id"] for row in rows} | {SUMMARY.removesuffix(".html")}
    notes += [
        f"{report.name} is nobody's: there is no such id in {Path(collected).name}"
        for report in sorted(folder.glob("*.html"))
        if report.stem not in known
    ]
    if not reports:
        raise ValueError(f"{folder} has no report ID.html of anybody in {Path(collected).name}")
    return Returned(zipped(reports), len(reports), notes)


def _unmarked(folder):
    """The ids that have no points in the table of marks, if there is one."""
    try:
        return {id for id, mark in filling.read_marks(folder / filling.MARKS).items() if mark.points is None}
    except FileNotFoundError:
        return set()
