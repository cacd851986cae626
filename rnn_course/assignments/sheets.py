"""The tables that we keep: CSV files that a spreadsheet opens without running what a student wrote into them.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it and read back without
(OWASP, "CSV Injection"). The files are UTF-8 with a byte order mark, since Excel takes them for something else without.
"""

import codecs
import csv
import io
import re
from pathlib import Path
from typing import NamedTuple

from rnn_course import files

# Full-width signs are formulas too, where Chinese and Japanese are typed. What has an apostrophe of its own gets
# a second one, so that reading takes away ours alone.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
MARKS = {  # how each byte order mark's file goes on
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
FIRST = re.compile(r' *(?:"(?:[^"]|"")*"|[^,;\t\r\n]*)([,;\t])')
csv.field_size_limit(2**27)  # a worksheet holds whole texts that students typed: Python's own limit is 128 kB


class Text(NamedTuple):
    """The text of a file, and what has to stand around it to make the same bytes again."""

    text: str
    encoding: str
    mark: bytes


def write(path, columns, rows):
    """Write rows, mappings of column to value, as a table with these columns in this order.

    Raises ValueError where a row has a column too many or too few, OSError where the file cannot be written.
    """
    content = io.StringIO(newline="")
    table = csv.writer(content)
    table.writerow(columns)
    for row in rows:
        if row.keys() != set(columns):
            raise ValueError(f"a row has the columns {', '.join(row)}, it must have {', '.join(columns)}")
        table.writerow([_harmless(str(row[column])) for column in columns])
    files.write(path, codecs.BOM_UTF8 + content.getvalue().encode("utf8"))


def read(path, needed=()):
    """Return the rows of a table as dicts of text, also where a spreadsheet has saved it with `;` or in UTF-16.

    needed: columns that have to be there. Raises ValueError where one is missing, where two have one name, or where a
    row has more or fewer cells than there are columns; OSError where the file cannot be read.
    """
    name = Path(path).name
    header, *rows = parsed(name, decoded(name, Path(path).read_bytes()).text) or [[]]
    if missing := [column for column in needed if column not in header]:
        raise ValueError(f"{name} has the columns {', '.join(header)}, it must have {', '.join(missing)} too")
    if len(set(header)) < len(header):
        raise ValueError(f"{name} has the columns {', '.join(header)}, each must be there once")
    for number, row in enumerate(rows, 2):
        if row and len(row) != len(header):
            raise ValueError(f"{name} has {len(row)} cells in row {number}, its header has {len(header)}")
    return [dict(zip(header, map(_as_written, row), strict=True)) for row in rows if row]


def read_before(path, needed=()):
    """Return the rows of a table as `read` does, none where it is not there yet."""
    try:
        return read(path, needed)
    except FileNotFoundError:
        return []


def update(path, columns, rows, before):
    """Bring a table up to date and return its rows: with the columns that somebody has added to it.

    before: the rows of the table as it is. Where nothing has changed the file is not touched.
    """
    extra = [column for row in before for column in row if column not in columns]
    columns = list(dict.fromkeys([*columns, *extra]))
    rows = [dict.fromkeys(columns, "") | row for row in rows]
    if not Path(path).exists() or rows != before:
        write(path, columns, rows)
    return rows


def decoded(name, raw):
    """Return the Text of a file's bytes: UTF-8, UTF-16 with its byte order mark, or else Windows-1252.

    Raises ValueError, with the file's name, where they are none of these.
    """
    mark = next((mark for mark in MARKS if raw.startswith(mark)), b"")
    for encoding in [MARKS[mark]] if mark else ["utf-8", "cp1252"]:
        try:
            text = raw[len(mark) :].decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return Text(text, encoding, mark)
    raise ValueError(f"{name} is no text in UTF-8, UTF-16 or Windows-1252: save it as CSV in UTF-8")


def parsed(name, text):
    """Return the rows of a CSV text, lists of cells, an empty line as an empty list; ValueError where it is none."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True))
    except csv.Error as problem:
        raise ValueError(f"{name} cannot be read as CSV: {problem}") from None


def delimiter(text):
    """The first of comma, semicolon and tab that stands after a cell: later ones may stand in a title."""
    found = FIRST.match(text)
    return found[1] if found else ","


def _harmless(cell):
    return f"'{cell}" if FORMULA.match(cell) else cell


def _as_written(cell):
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
