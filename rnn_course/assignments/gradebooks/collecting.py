"""Collecting: everybody's one notebook comes to `ID/NAME.ipynb`, and `collected.csv` says what came of whom."""

import json
from pathlib import Path
from typing import NamedTuple

from rnn_course import files
from rnn_course.assignments import sheets
from rnn_course.assignments.gradebooks import export as exports
from rnn_course.assignments.gradebooks import ids, roster
from rnn_course.assignments.gradebooks.archive import Archive, Refused
from rnn_course.assignments.gradebooks.platforms import COLLECTED
from rnn_course.validate import one_of

COLUMNS = ("id", "name", "source", "submitted", "late_hours", "extension_hours", "problem")
TABLE = "collected.csv"
NOTHING = "nothing was submitted"
NOT_IN_ZIP = "the roster says that something was submitted, and it is not among these submissions"
NOBODY = "nobody on the roster has this id"
GONE = "neither on this roster nor among these submissions, collected or written here before"
STAYS = "the notebook that was collected before stays"
NO_NOTEBOOK = "this is no notebook, it is stored as it came"
AUTOSAVES = ".ipynb_checkpoints"
SHOWN = 5  # files named in a sentence


class Collected(NamedTuple):
    """What collecting has done.

    rows                        of `collected.csv`
    new, replaced, unchanged    how many notebooks were written, written over with another, or there already
    notes                       what belongs to no row, in sentences
    """

    rows: list
    new: int
    replaced: int
    unchanged: int
    notes: list


class Taken(NamedTuple):
    """What of somebody's files is their notebook: the Handed that was taken, its bytes, and what is to be said."""

    handed: object
    content: bytes | None
    problems: list


def collect(name, submissions, export, source, into):
    """Collect what was handed in for an assignment, and return what was done as Collected.

    name            of the assignment, and so of each notebook
    submissions     a zip of the platform's, or a folder
    export          the CSV file with the class
    source          "moodle", "canvas", "nbgrader" or "folder"
    into            the folder that gets `ID/NAME.ipynb` and `collected.csv`; it is made where it is not there

    Nothing is deleted, and what stands in `extension_hours` or in columns of the instructor's own stays. Raises
    ValueError where the export or the submissions are none of this platform's, or an id cannot name a folder; OSError
    where a file cannot be read or written.
    """
    ids.folder_name("name", name)
    platform = COLLECTED[one_of("source", source, tuple(COLLECTED))]
    table = exports.read(export)
    students = roster.of(table, platform, name)
    into = Path(into)
    before = _before(into, students)
    notes = _encoding(table)
    with Archive(submissions) as archive:
        handed, more = platform.submissions(archive, students, name)
        owned, refused = _by_owner(handed, students)
        notes += more + refused
        if not owned:
            raise ValueError(f"{Path(submissions).name} has nothing that {platform.NAME} says a student handed in")
        into.mkdir(parents=True, exist_ok=True)
        counts = {"new": 0, "replaced": 0, "unchanged": 0}
        rows = [
            _row(id, students.get(id), owned.get(id), before, name, archive, into, counts)
            for id in dict.fromkeys([*students, *owned])
        ]
    notes += _kept(rows, owned) + _unread(students)
    rows += [row | {"problem": GONE} for id, row in before.items() if id not in students and id not in owned]
    rows = sheets.update(into / TABLE, COLUMNS, rows, list(before.values()))
    return Collected(rows, **counts, notes=notes)


def read(path, known):
    """Return the rows of the table that `collect` wrote, where a spreadsheet may have taken zeros from ids.

    known: the ids that there are. Raises ValueError where an id is there twice, OSError where the file cannot be read.
    """
    rows = sheets.read(path, COLUMNS)
    meant = ids.meant([row["id"] for row in rows], known)
    rows = [row | {"id": meant[row["id"]]} for row in rows]
    seen = [row["id"] for row in rows]
    if doubled := sorted({id for id in seen if seen.count(id) > 1}):
        raise ValueError(f"{Path(path).name} has {', '.join(map(repr, doubled))} in two rows, each must be there once")
    return rows


def _before(into, students):
    """`{id: row}` of the table that an earlier collecting has written, with what the instructor wrote there."""
    try:
        return {row["id"]: row for row in read(into / TABLE, students)}
    except FileNotFoundError:
        return {}


def _kept(rows, owned):
    kept = sum(bool(row["source"]) for row in rows if row["id"] not in owned)
    return [f"What was collected before stays of people who have nothing among these submissions: {kept}"] * bool(kept)


def _unread(students):
    """Times that the roster has and nobody here can read: they are said, since `submitted` stays blank."""
    unread = [student.unread for student in students.values() if student.unread]
    if not unread:
        return []
    return [f"Times that are written in a way not known here, as {unread[0]!r} is: {len(unread)}"]


def _encoding(table):
    if table.text.encoding == "cp1252":
        return [f"{table.name} is not in UTF-8 and was read as Windows-1252: look whether the names are right"]
    return []


def _by_owner(handed, students):
    """(`{id: [Handed]}`, notes): whose id cannot name a folder of its own has no place here."""
    owned, notes = {}, []
    taken = {ids.same(id): id for id in students}
    for one in handed:
        try:
            ids.folder_name("the id", one.id)
        except ValueError as problem:
            notes.append(f"{one.entry.path} is not collected: {problem}")
            continue
        first = taken.setdefault(ids.same(one.id), one.id)
        if first != one.id:
            notes.append(f"{one.entry.path} is not collected: its id is {one.id!r}, and {first!r} is the same folder")
            continue
        owned.setdefault(one.id, []).append(one)
    return owned, notes


def _row(id, student, handed, before, name, archive, into, counts):
    """The row of one person; their notebook is written on the way."""
    old = before.get(id, {})
    row = {column: old.get(column, "") for column in COLUMNS} | old | {"id": id}
    if student is not None:
        row["name"] = student.name
    problems = [] if student is not None else [NOBODY]
    path = into / id / f"{name}.ipynb"
    if handed is None:
        if path.exists():
            return row | {"problem": "; ".join(p for p in row["problem"].split("; ") if p not in (NOBODY, GONE))}
        row |= {"submitted": student.submitted, "late_hours": student.late_hours, "source": ""}
        return row | {"problem": NOT_IN_ZIP if student.submitted or student.unread else NOTHING}
    taken = _take(handed, name, archive)
    problems += taken.problems
    if taken.content is not None or not path.exists():
        row["submitted"] = taken.handed.submitted or (student.submitted if student else "")
        late = taken.handed.late_hours or (student.late_hours if student else "")
        if not (late == "?" and row["source"] == taken.handed.entry.path and row["late_hours"]):
            row["late_hours"] = late  # else somebody may have written what no platform says
        row["source"] = taken.handed.entry.path
    else:
        problems.append(STAYS)
    if taken.content is not None:
        counts[_store(path, taken.content)] += 1
    return row | {"problem": "; ".join(problems)}


def _take(handed, name, archive):
    """The notebook among somebody's files: one that is named as the assignment before others, then the latest."""
    handed = [one for one in handed if AUTOSAVES not in one.entry.parts] or handed
    problems = [f"{one.filename}: {one.entry.problem}" for one in handed if one.entry.problem]
    notebooks = [one for one in handed if one.filename.lower().endswith(".ipynb") and not one.entry.problem]
    notebooks.sort(key=lambda one: (_named(one.filename, name), one.order, one.filename), reverse=True)
    for at, one in enumerate(notebooks):
        try:
            content = archive.read(one.entry)
        except Refused as problem:
            problems.append(f"{one.filename}: {problem}")
            continue
        if len(notebooks) > 1:
            problems.append(_which(notebooks, at, name))
        if not is_notebook(content):
            problems.append(NO_NOTEBOOK)
        return Taken(one, content, problems)
    if not problems:
        problems = [f"no notebook among {_listed([one.filename for one in handed])}"]
    return Taken((notebooks or handed)[0], None, problems)


def _named(filename, name):
    """Whether a file is called as the assignment, perhaps with the number that a browser or Canvas adds."""
    stem = filename[: -len(".ipynb")].casefold()
    rest = stem.removeprefix(name.casefold())
    return rest != stem and (not rest or rest.strip(" -_()").isdecimal())


def _which(notebooks, at, name):
    """The sentence on which of several notebooks was taken, and whether it is known to be the latest."""
    taken, names = notebooks[at], _listed([one.filename for one in notebooks])
    rivals = [one for one in notebooks if _named(one.filename, name) == _named(taken.filename, name)]
    if len(rivals) == 1:
        return f"{len(notebooks)} notebooks, {names}: {taken.filename} was taken"
    if at == 0 and taken.order > max(one.order for one in rivals if one is not taken):
        return f"{len(notebooks)} notebooks, {names}: the latest was taken, {taken.filename}"
    return f"{len(notebooks)} notebooks, {names}: {taken.filename} was taken, and it may not be the latest"


def _listed(names):
    more = len(names) - SHOWN
    return f"{', '.join(names[:SHOWN])} and {more} more" if more > 0 else ", ".join(names)


def is_notebook(content):
    """Whether bytes are a notebook in JSON, of any version; the cells are not looked into."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and isinstance(found.get("cells", found.get("worksheets")), list)


def _store(path, content):
    """Write a notebook where it is not there already; "new", "replaced" or "unchanged"."""
    try:
        if path.read_bytes() == content:
            return "unchanged"
        done = "replaced"
    except FileNotFoundError:
        done = "new"
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, content)
    return done
