"""What a person marks: tables that are filled in a spreadsheet, read with care, and never written over."""

from pathlib import Path
from typing import NamedTuple

from rnn_course.assignments import sheets
from rnn_course.assignments.gradebooks import filling
from rnn_course.assignments.gradebooks import ids as folder_ids

MANUAL, OVERRIDES = "manual.csv", "overrides.csv"
MANUAL_COLUMNS = ("id", "name", "question", "answer", "rubric", "points", "comment", "note")
OVERRIDE_COLUMNS = ("id", "part", "points", "why")
TOTAL = "total"
ANSWER = 5000  # characters of an answer in the table
CHANGED = "the answer was changed after it was marked"
BLANK = "no answer"


class Given(NamedTuple):
    """What a person gave: points, None where they have not yet, and a comment."""

    points: float | None
    comment: str = ""


def merge(folder, assignment, people, ids):
    """Bring `manual.csv` up to date; return (`{(id, question): Given}`, sentences on what a person should know).

    Arguments
        folder       of the marks
        assignment   an `Assignment`
        people       `{id: (name, {question: answer})}` of those whose notebook was read
        ids          of everybody

    Points, comments, columns and rows that a person wrote stay as they are. Raises ValueError where points are no
    number that the question can have, or a row is there twice.
    """
    if not assignment.questions:
        return {}, []
    path = Path(folder) / MANUAL
    before = sheets.read_before(path, MANUAL_COLUMNS)
    old, notes = _by_place(before, ids), []
    rows, given = [], {}
    for id, (name, answers) in people.items():
        for question in assignment.questions:
            row = _row(old.pop((id, question.name), {}), id, name, question, answers[question.name])
            rows.append(row)
            given[id, question.name] = _given(row, question)
            if row["note"] == CHANGED:
                notes.append(f"{name} ({id}), {question.name}: {CHANGED}; delete the note when you have seen it")
    notes += [f"{MANUAL} has points of {id!r} for {name!r}, and there is no such answer" for id, name in _lost(old)]
    sheets.update(path, MANUAL_COLUMNS, rows + list(old.values()), before)
    return given, notes


def overrides(folder, assignment, ids):
    """Return `{(id, part): Given}` of `overrides.csv`, which is made where it is not there.

    A part is a task's or a question's name, or `total`, the points after everything else. Raises ValueError for an id
    or a part that is not there, points that it cannot have, or a row that is there twice.
    """
    path = Path(folder) / OVERRIDES
    rows = sheets.read_before(path, OVERRIDE_COLUMNS)
    meant = folder_ids.meant([row["id"].strip() for row in rows], ids)
    if not path.exists():
        sheets.write(path, OVERRIDE_COLUMNS, [])
    most = {part.name: part.points for part in [*assignment.tasks, *assignment.questions]} | {TOTAL: assignment.maximum}
    found = {}
    for number, row in enumerate(rows, 2):
        id, part = meant[row["id"].strip()], row["part"].strip()
        if id not in ids:
            raise ValueError(
                f"{OVERRIDES} has the id {row['id']!r} in row {number}, and nobody was collected by this id"
            )
        if part not in most:
            raise ValueError(f"{OVERRIDES} has the part {part!r} in row {number}, it must be one of {', '.join(most)}")
        if (id, part) in found:
            raise ValueError(f"{OVERRIDES} has {part!r} of {id!r} in two rows, each must be there once")
        points = _points(row["points"], most[part], f"row {number} of {OVERRIDES}")
        if points is None:
            raise ValueError(f"{OVERRIDES} has no points in row {number}, a number is wanted")
        found[id, part] = Given(points, row["why"])
    return found


def _by_place(rows, ids):
    """`{(id, question): row}` of a table that was there."""
    found, meant = {}, folder_ids.meant([row["id"].strip() for row in rows], ids)
    for row in rows:
        place = meant[row["id"].strip()], row["question"].strip()
        if place in found:
            raise ValueError(f"{MANUAL} has {place[1]!r} of {place[0]!r} in two rows, each must be there once")
        found[place] = row
    return found


def _row(old, id, name, question, answer):
    shown = answer if len(answer) <= ANSWER else f"{answer[:ANSWER]} …"
    rubric = "\n".join(f"{points:g}: {sentence}" for points, sentence in question.rubric.items())
    row = dict.fromkeys(MANUAL_COLUMNS, "") | old
    marked = bool(row["points"].strip())
    changed = marked and (row["note"] == CHANGED or row["answer"].split() != shown.split())
    note = CHANGED if changed else "" if answer else BLANK
    return row | {"id": id, "name": name, "question": question.name, "answer": shown, "rubric": rubric, "note": note}


def _given(row, question):
    """An answer that is not there gets 0 points unless a person gives some."""
    points = _points(row["points"], question.points, f"{row['id']!r}, {question.name!r} in {MANUAL}")
    return Given(0.0 if points is None and row["note"] == BLANK else points, row["comment"])


def _points(text, most, place):
    if not text.strip():
        return None
    points = filling.number(text)
    if points is None or not 0 <= points <= most:
        raise ValueError(f"points are {text!r} for {place}, they must be a number from 0 to {most:g}")
    return float(points)


def _lost(rows):
    return [place for place, row in rows.items() if row["points"].strip()]
