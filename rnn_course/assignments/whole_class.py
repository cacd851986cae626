"""Marks what was collected from a class, on all cores, and writes what people read of it."""

import concurrent.futures
from pathlib import Path
from typing import NamedTuple

from rnn_course import files
from rnn_course.assignments import by_hand, keeping, marking, pages, sheets, standing
from rnn_course.assignments.gradebooks import collecting, filling, ids, returning
from rnn_course.assignments.gradebooks.roster import who


class Round(NamedTuple):
    """What a round of marking came to.

    standings       of everybody, in the order of `collected.csv`
    marked, kept    how many submissions were marked, and how many reports of an earlier round still hold
    failed          ids of those that the marker failed on
    notes           what a person should know, in sentences
    """

    standings: list
    marked: int
    kept: int
    failed: list
    notes: list


def mark(assignment, submissions, secret, engine, contents, out, jobs=1, done=lambda: None):
    """Mark a class, and write reports, tables and the page on the class; return a `Round`.

    Arguments
        assignment    an `Assignment`
        submissions   the folder of `collect`: `collected.csv` and `ID/NAME.ipynb`
        secret        the bytes of the secret
        engine        the engine of the boxes
        contents      a `box.Contents`
        out           the folder of the marks, made where it is not there
        jobs          how many submissions run at once
        done          called after each submission

    What an earlier round marked with the same key is not marked again. Raises ValueError where a table has what it
    cannot have, OSError where a file cannot be read or written.
    """
    rows = _rows(submissions)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    paths = {row["id"]: Path(submissions) / row["id"] / f"{assignment.name}.ipynb" for row in rows}
    paths = {id: path for id, path in paths.items() if path.is_file()}
    reports, failed, marked = _reports(assignment, paths, secret, engine, contents, out, jobs, done)
    people = {row["id"]: (row["name"], reports[row["id"]].answers) for row in rows if row["id"] in reports}
    everybody = [row["id"] for row in rows]
    given, notes = by_hand.merge(out, assignment, people, everybody)
    overrides = by_hand.overrides(out, assignment, everybody)
    rows = [row | {"problem": "; ".join(filter(None, [row["problem"], failed.get(row["id"])]))} for row in rows]
    standings = [standing.of(assignment, row, reports.get(row["id"]), given, overrides) for row in rows]
    _write(assignment, standings, out)
    return Round(standings, marked, len(reports) - marked, list(failed), notes)


def _rows(submissions):
    """The rows of `collected.csv`."""
    path = Path(submissions) / collecting.TABLE
    if not path.is_file():
        raise ValueError(f"{str(submissions)!r} has no {collecting.TABLE}: collect the submissions into it first")
    rows = collecting.read(path, [folder.name for folder in path.parent.iterdir() if folder.is_dir()])
    for row in rows:
        ids.folder_name("id", row["id"])
    return rows


def _reports(assignment, paths, secret, engine, contents, out, jobs, done):
    """(`{id: Report}`, `{id: why the marker failed}`, how many were marked now)."""
    setting = keeping.setting(assignment, engine)
    reports, failed, kept = {}, {}, 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        try:
            tasks = {}
            for id, path in paths.items():
                key = keeping.key(secret, setting, id, path)
                found = keeping.read(out / f"{id}.json", key)
                if found is None:
                    tasks[pool.submit(_one, assignment, id, path, secret, engine, contents, out, key)] = id
                else:
                    reports[id] = found
                    kept += 1
                    done()
            for task in concurrent.futures.as_completed(tasks):
                try:
                    reports[tasks[task]] = task.result()
                except Exception as problem:  # of the specification, or ours: the others are marked
                    failed[tasks[task]] = f"the marker failed on it, {type(problem).__name__}: {problem}"
                done()
        except BaseException:  # Ctrl-C too: what is marked is kept
            pool.shutdown(cancel_futures=True)
            raise
    return reports, failed, len(reports) - kept


def _one(assignment, id, path, secret, engine, contents, out, key):
    """The `Report` on one submission, which is kept from then on."""
    report = marking.mark(assignment, id, path, secret, engine, contents)
    keeping.write(out / f"{id}.json", key, report)
    return report


def _write(assignment, standings, out):
    """The table of marks, a page for each who has a mark or a part of one, and the page on the class."""
    parts = [part.name for part in [*assignment.tasks, *assignment.questions]]
    for one in standings:
        page = out / f"{one.id}.html"
        if one.lines or one.points is not None:
            files.write(page, pages.report(assignment, one))
        else:
            page.unlink(missing_ok=True)  # of an earlier round
    sheets.write(out / filling.MARKS, [*filling.COLUMNS, *parts], [_row(one, parts) for one in standings])
    files.write(out / returning.SUMMARY, pages.summary(assignment, standings))


def _row(one, parts):
    """A standing in the table of marks: after what a gradebook needs, the points of each part."""
    known = (one.id, one.name, standing.number(one.points), standing.number(one.maximum), one.problem)
    points = {line.name: standing.number(line.points) for line in one.lines}
    return dict(zip(filling.COLUMNS, known, strict=True)) | dict.fromkeys(parts, "") | points


def todo(standings):
    """Sentences on what a person should look at, and on how many answers are still to be marked."""
    told = [f"{who(one.name, one.id)}: {'; '.join(one.problems)}" for one in standings if one.problems]
    count = unmarked(standings)
    return told + [f"People with an answer that is not marked yet: {count}."] * bool(count)


def unmarked(standings):
    """How many people have an answer that somebody has to mark."""
    return sum(bool(one.unmarked) for one in standings)
