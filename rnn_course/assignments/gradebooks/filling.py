"""Filling one column of a class's own gradebook with the marks, and touching nothing else in it."""

import difflib
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from rnn_course.assignments import sheets
from rnn_course.assignments.gradebooks import canvas, folder, ids, moodle, platforms, roster
from rnn_course.assignments.gradebooks import export as exports

MARKS = "marks.csv"
COLUMNS = ("id", "name", "points", "maximum", "problem")
CENT = Decimal("0.01")  # Moodle and Canvas show two decimals


class Filled(NamedTuple):
    """A filled gradebook.

    content     its bytes
    platform    "Moodle", "Canvas" or "folder", as it was recognised
    filled      how many marks were written in
    same        how many were there already
    notes       what a person has to know, in sentences
    """

    content: bytes
    platform: str
    filled: int
    same: int
    notes: list


class Mark(NamedTuple):
    """What somebody has got: points out of maximum; points are None where there is no mark yet."""

    name: str
    points: Decimal | None
    maximum: Decimal | None
    problem: str = ""


def fill(marks, export, column):
    """Return the gradebook in the file `export` with the marks of the folder `marks` in a column, as Filled.

    Points are scaled to the gradebook's maximum, with two decimals. Where there is no mark the old value stays. Raises
    ValueError where the column is not there or cannot be filled, or a mark is no number; OSError where a file cannot
    be read.
    """
    marks = read_marks(Path(marks) / MARKS)
    table = exports.read(export)
    platform = platforms.of(table)
    at = _column(table, platform, column)
    students = list(roster.of(table, platform, None).values())
    meant = ids.meant(marks, [student.id for student in students])
    marks = {meant[id]: mark for id, mark in marks.items()}
    maxima = platform.maxima(table, at) if platform is not folder else {}
    comma = _comma(table, students, at, maxima)
    cells, same, notes = {}, 0, _remarks(table, platform, comma, marks, students)
    for student in students:
        old = table.rows[student.row][at].strip()
        mark = marks.get(student.id)
        if mark is None or mark.points is None:
            notes.append(_without(student, mark, old))
            continue
        if platform is canvas and old in canvas.KEPT:
            notes.append(f"{roster.who(student.name, student.id)}: {old} stays, {canvas.KEPT[old]}")
            continue
        if mark.problem:
            notes.append(f"{roster.who(student.name, student.id)} has a mark, and: {mark.problem}")
        maximum = _maximum(maxima[student.row], table, column) if maxima else None
        points = _scaled(student, mark, maximum)
        if number(old) == points:
            same += 1
            continue
        cells[student.row, at] = str(points).replace(".", ",") if comma else str(points)
        if old and number(old) is None:
            notes.append(f"{roster.who(student.name, student.id)}: {old!r} was written over with {points}")
        notes += _skipped(table, platform, student, at, points, maximum)
    return Filled(table.filled(cells), platform.NAME, len(cells), same, notes)


def read_marks(path):
    """Return `{id: Mark}` of a table of marks; ValueError where an id is there twice or a number is none."""
    found = {}
    for number_of_row, row in enumerate(sheets.read(path, COLUMNS), 2):
        if row["id"] in found:
            raise ValueError(f"{path.name} has the id {row['id']!r} in two rows, each must be there once")
        points = _given(path.name, number_of_row, row, "points")
        maximum = _given(path.name, number_of_row, row, "maximum")
        if points is not None and not maximum:
            raise ValueError(f"maximum is {row['maximum']!r} in row {number_of_row} of {path.name}, it must be above 0")
        found[row["id"]] = Mark(row["name"], points, maximum, row["problem"])
    return found


def _given(name, number_of_row, row, column):
    if not row[column].strip():
        return None
    value = number(row[column])
    if value is None or value < 0:
        raise ValueError(
            f"{column} is {row[column]!r} in row {number_of_row} of {name}, it must be blank or a number from 0 on"
        )
    return value


def number(text):
    """Return a text such as `8.50` or `8,50` as a Decimal; None where it is no plain number."""
    if not re.fullmatch(r"\s*-?\d+(?:[.,]\d+)?\s*", text):
        return None
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None


def _maximum(text, table, column):
    maximum = number(text)
    if not maximum or maximum < 0:
        raise ValueError(f"{table.name} has the maximum {text!r} for {column!r}, it must be a number above 0")
    return maximum


def _column(table, platform, column):
    """Where a column stands; ValueError, with those that can be filled, where it is not there or cannot be filled."""
    can = platform.columns(table)
    if table.header.count(column) > 1:
        raise ValueError(
            f"column is {column!r}, and {table.name} has {table.header.count(column)} columns of this name"
        )
    if column in can:
        return table.header.index(column)
    if column in table.header and platform is not folder:
        at = table.header.index(column)
        platform.maxima(table, at)  # says why not, where it knows
    near = [name for name in can if column.casefold() in name.casefold()]
    near = near or difflib.get_close_matches(column, can, 5, 0.4) or can
    raise ValueError(
        f"column is {column!r}, which cannot be filled in {table.name}; perhaps one of: {', '.join(map(repr, near))}"
    )


def _comma(table, students, at, maxima):
    """Whether the gradebook writes its decimals with a comma."""
    cells = [table.rows[student.row][at] for student in students] + list(maxima.values())
    return any(re.fullmatch(r"\s*\d+,\d+\s*", cell) for cell in cells)


def _remarks(table, platform, comma, marks, students):
    notes = []
    mark = sheets.delimiter(table.text.text)
    if platform is not folder and (table.text.encoding != "utf-8" or mark not in platform.DELIMITERS):
        notes.append(
            f"{table.name} is in {table.text.encoding} with {mark!r} between cells, as a spreadsheet saves it and "
            f"{platform.NAME} may not read it: fill an export that was not opened in one"
        )
    if comma:
        notes.append("The gradebook writes decimals with a comma, and so are the marks written.")
    if platform is folder:
        notes.append("The gradebook names no maximum, so the points were not scaled.")
    there = {student.id for student in students}
    return notes + [
        f"{mark.name} ({id}) has a mark and is not in the gradebook"
        for id, mark in marks.items()
        if id not in there and mark.points is not None
    ]


def _scaled(student, mark, maximum):
    points = mark.points if maximum is None else mark.points * maximum / mark.maximum
    return points.quantize(CENT, ROUND_HALF_UP)


def _without(student, mark, old):
    person = roster.who(student.name, student.id)
    said = f"{person} is not among the marks" if mark is None else f"{person} has no mark yet"
    return f"{said}: {old!r} stays" if old else f"{said}: the cell stays blank"


def _skipped(table, platform, student, at, points, maximum):
    """What the platform will do with a mark without a word."""
    if platform is not moodle:
        return []
    notes, person = [], roster.who(student.name, student.id)
    if points > maximum:
        notes.append(f"{person}: {points} is over the maximum, {maximum}, and Moodle will pass over it")
    if moodle.locked(table, student.row, at):
        notes.append(f"{person}: the grade is locked in Moodle, which will pass over it")
    return notes
