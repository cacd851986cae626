"""Moodle: its offline grading worksheet, its zip of submissions, and the names of the files it takes back.

Sources, in moodle/moodle: mod/assign/gradingtable.php (the order of the columns, col_recordid, col_status),
mod/assign/feedback/offline/importgradeslib.php, mod/assign/classes/downloader.php (get_student_prefix,
load_submissionplugin_filelist) and mod/assign/feedback/file/importziplib.php (is_valid_filename_for_import).
"""

import datetime
import re

from rnn_course.assignments.gradebooks import roster as rosters
from rnn_course.assignments.gradebooks.archive import Handed, nobodys
from rnn_course.assignments.gradebooks.roster import Student

NAME = "Moodle"
DELIMITERS = (",",)  # only newer versions let one choose another
PARTICIPANT = re.compile(r"(.*\D)(\d+)", re.DOTALL)  # "Participant 123", "Teilnehmer/in123", "参与人123"
# No name in front has an underscore of its own: Moodle writes blanks in their place.
FOLDER = re.compile(r"(?P<name>.*?)_(?P<id>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
FULL_NAMES = (
    "full name",
    "vollständiger name",
    "nom complet",
    "nombre completo",
    "全名",
    "姓名",
    "first name / last name",
)
STATES = ("status", "statut", "estado", "estatus", "状态", "狀態")
CHANGED = re.compile(r"modified|geändert|modification|modificación|修改")
SUBMITTED = re.compile(
    rf"(?=.*(?:{CHANGED.pattern}))"
    r".*(?:submission|abgabe|travail|remise|entrega|envío|作业|作業|学生|學生|提交)"
)
LATE = re.compile(r"\blate\b|zu spät|verspätet|en retard|de retard|retraso|después|tarde\b|迟|遲|逾期", re.IGNORECASE)
UNITS = (  # hours, and how format_time calls them
    (365 * 24, r"years?|jahre?n?|ans?|années?|años?|年"),
    (7 * 24, r"weeks?|wochen?|semaines?|semanas?|周|星期"),
    (24, r"days?|tage?n?|jours?|días?|天|日"),
    (1, r"hours?|stunden?|heures?|horas?|小时|小時"),
    (1 / 60, r"min(?:ute)?s?|minuten?|minutos?|分钟|分鐘|分"),
    (1 / 3600, r"sec(?:ond)?s?|sekunden?|secondes?|segundos?|秒"),
)
AMOUNT = re.compile(r"(\d+)\s*([^\W\d_]+)")
MONTHS = (
    "jan(?:uary|uar|vier)?|enero|ene|jänner",
    "feb(?:ruary|ruar|rero)?|février|févr?",
    "mar(?:ch|s|zo)?|märz|mär",
    "apr(?:il)?|avr(?:il)?|abr(?:il)?",
    "may|mai|mayo",
    "june?|juni?|juin|junio",
    "july?|juli?|juillet|julio",
    "aug(?:ust)?|août|ago(?:sto)?",
    "sept?(?:ember|embre)?|set(?:iembre)?|septiembre",
    "o[ck]t(?:ober|obre|ubre)?",
    "nov(?:ember|embre|iembre)?",
    "de[cz](?:ember)?|déc(?:embre)?|dic(?:iembre)?",
)
CLOCK = re.compile(r"(\d{1,2})[:h](\d\d)(?::\d\d)?\s*([ap])?\.?m?", re.IGNORECASE)
NO = ("no", "nein", "non", "否", "不")


def recognises(export):
    """Whether an Export is a grading worksheet of Moodle's: it has its first column, and one with a time of change."""
    return _has_participants(export) and any(CHANGED.search(cell.casefold()) for cell in export.header)


def _has_participants(export):
    """Whether the cells of the first column are a word that is always the same, and a number."""
    cells = [row[0] for row in export.rows[1:] if any(row)]
    found = [PARTICIPANT.fullmatch(cell) for cell in cells]
    return bool(found) and all(found) and len({match[1] for match in found}) == 1


def students(export, assignment=None):
    """Return the Students of a grading worksheet; ValueError where it is none of Moodle's."""
    if not _has_participants(export):
        raise ValueError(
            f"{export.name} is no grading worksheet from Moodle: its first column, {export.header[0]!r}, must have a "
            "cell such as 'Participant 123' in every row"
        )
    names, state, submitted = (
        rosters.column(export, FULL_NAMES),
        rosters.column(export, STATES),
        _submitted_column(export),
    )
    if names is None and state != 1:  # the name comes second, and is not there where marking is blind
        names = 1
    found = []
    for row, cells in enumerate(export.rows):
        if row and any(cells):
            number = PARTICIPANT.fullmatch(cells[0])[2]
            when = _cell(cells, submitted)
            when = "" if when == "-" else when
            late = late_hours(_cell(cells, state)) if when else ""
            unread = "" if iso(when) else when
            found.append(Student(number, _cell(cells, names), row, iso(when), late, unread=unread))
    return found


def _cell(cells, column):
    return cells[column] if column is not None and column < len(cells) else ""


def _submitted_column(export):
    header = [cell.strip().casefold() for cell in export.header]
    return next((k for k, cell in enumerate(header) if SUBMITTED.match(cell)), None)


def late_hours(state):
    """Return by how many hours a status of the worksheet says that somebody was late.

    It is blank where it does not say so, and "?" where the time in it is in words that are not known here.
    """
    said = next((part for part in state.split(" - ") if LATE.search(part)), None)
    if said is None:
        return ""
    hours, amounts = 0, AMOUNT.findall(said)
    for amount, unit in amounts:
        size = next((size for size, words in UNITS if re.fullmatch(words, unit.lower())), None)
        if size is None:
            return "?"
        hours += int(amount) * size
    return f"{hours:.2f}" if amounts else "?"


def iso(text):
    """Return a date of the worksheet, such as `Monday, 3 June 2024, 2:15 PM`, as ISO 8601; blank where it is none.

    English, German, French, Spanish and Chinese are read. The time is the clock of the person who exported it.
    """
    small, clock = text.lower(), CLOCK.search(text)
    date = _chinese(small) or _named_month(small)
    if date is None or clock is None:
        return ""
    hour, minute = int(clock[1]), int(clock[2])
    afternoon = (clock[3] or "").lower() == "p" or "下午" in text
    if (clock[3] or "上午" in text or "下午" in text) and hour <= 12:
        hour = hour % 12 + 12 * afternoon
    try:
        return datetime.datetime(*date, hour, minute).isoformat()
    except ValueError:
        return ""


def _chinese(text):
    found = re.search(r"(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日", text)
    return found and tuple(map(int, found.groups()))


def _named_month(text):
    year = re.search(r"\b\d{4}\b", text)
    day = re.search(r"(?<![\d:])(\d{1,2})\b(?![:\d]|h\d)", text)
    months = [k for k, names in enumerate(MONTHS, 1) if re.search(rf"(?<!\w)(?:{names})(?!\w)", text)]
    # a day of the week can begin like a month, as the French mar. and the English Mar do
    return (int(year[0]), months[-1], int(day[1])) if year and day and len(months) == 1 else None


def submissions(archive, roster, assignment):
    """Return (the files handed in, as a list of Handed, and sentences on what belongs to nobody)."""
    found, notes = [], []
    for entry in archive.entries:
        owner, filename = _owner(entry.parts)
        if owner is None:
            notes.append(nobodys(entry))
        else:
            found.append(Handed(owner, filename, entry, (entry.time,)))
    return found, notes


def _owner(parts):
    """(id, file name) of a path: of its first folder that names one, as Moodle itself reads it, or of a flat name."""
    for at, part in enumerate(parts):
        if found := FOLDER.fullmatch(part):
            last = at == len(parts) - 1
            return found["id"], found["file"] or part if last else parts[-1]
    return None, ""


def maxima(export, column):
    """Return `{row: text}` of the maximum grade, which Moodle writes right after the grade, for each student's row.

    Raises ValueError where there is none: another column, or an assignment that is marked on a scale of words.
    """
    rows = [student.row for student in students(export)]
    found = {row: _cell(export.rows[row], column + 1).strip() for row in rows}
    if not all(re.fullmatch(r"\d+(?:[.,]\d+)?", text) for text in found.values()):
        raise ValueError(
            f"{export.header[column]!r} has no maximum grade in the column after it, it must be the column with the "
            "grade, of an assignment that is not marked on a scale"
        )
    return found


def columns(export):
    """Return the columns that can be filled: those that are followed by a maximum."""
    return [name for at, name in enumerate(export.header) if _followed_by_maximum(export, at)]


def _followed_by_maximum(export, column):
    try:
        return bool(maxima(export, column))
    except ValueError:
        return False


def locked(export, row, column):
    """Whether the worksheet says that a grade cannot be changed, which it does two or three columns later."""
    return any(cell.strip().casefold() in NO for cell in export.rows[row][column + 2 : column + 4])


def wrote(row):
    """Whether the file of a row of `collected.csv` lies in a folder with a name that Moodle gives."""
    return _folder(row) is not None


def _folder(row):
    return next(filter(None, map(FOLDER.fullmatch, re.split(r"[/\\]", row["source"]))), None)


def feedback_path(row):
    """Return the path at which Moodle looks for a student's report, of a row of `collected.csv`; None without one.

    Only the number counts; the name in front may have no underscore, since Moodle splits there.
    """
    if not row["id"].isdecimal():
        return None
    found = _folder(row)
    name = found["name"] if found else row["name"]
    name = re.sub(r'[\x00-\x1f/\\:*?"<>|_]+', " ", name).strip(" .~") or "student"
    return f"{name}_{row['id']}_assignsubmission_file/feedback.html"
