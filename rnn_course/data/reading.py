"""Reading a learner's own CSV: every cell is checked, and what cannot be read is said with its row and column."""

import csv
import io
import math
import re
from pathlib import Path

import numpy as np

from rnn_course.data.series import Series

MISSING = ("", "na", "nan", "null")
WHOLE = re.compile(r"[+-]?[0-9]+")
ISO = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}([T ][0-9]{2}(:[0-9]{2}(:[0-9]{2})?)?Z?)?")


def read_series(path):
    """Read a CSV as a Series: a header, times in the first column (whole numbers or ISO dates), numbers in the others.

    Cells are separated by commas. An empty cell, NA, NaN or null (in any case) is a missing value. Times are as fine as
    a second, without a zone or in UTC (Z). Rows are counted as in a text editor, the header is row 1. Nothing is
    guessed, sorted or dropped; lines without anything are passed over.

    Raises ValueError with row and column for text in a number column, an infinite value, a time out of order, doubled
    or unreadable, and a row with too many or too few cells; also for a file that is empty, not UTF-8 or has no values.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"{path.name}, row {row}: byte {error.object[error.start]:#x} is not UTF-8") from None
    if "\0" in text:
        raise ValueError(f"{path.name}, row {text[: text.index(chr(0))].count(chr(10)) + 1}: there is a NUL character")
    rows = _rows(path.name, text)
    if len(rows) < 2:
        raise ValueError(f"{path.name} has {len(rows)} rows, it must have a header and at least one row of values")
    header = _header(path.name, *rows[0])
    values, times = np.empty((len(rows) - 1, len(header) - 1)), []
    for k, (number, cells) in enumerate(rows[1:]):
        if len(cells) != len(header):
            column = min(len(cells), len(header)) + 1
            raise ValueError(
                f"{path.name}, row {number}, column {column}: the row has {len(cells)} cells, the header {len(header)}"
            )
        times.append(_time(f"{path.name}, row {number}, column 1 ({header[0]!r})", cells[0], times))
        for j, cell in enumerate(cells[1:]):
            values[k, j] = _number(f"{path.name}, row {number}, column {j + 2} ({header[j + 1]!r})", cell)
    return Series(path.stem, values, np.array(times), tuple(header[1:]), ("",) * (len(header) - 1), str(path.name))


def _rows(name, text):
    """The row number, where it begins, and the cells of every line that has any."""
    reader, rows = csv.reader(io.StringIO(text, newline=""), strict=True), []
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            raise ValueError(f"{name}, row {number}: {error}") from None
        if cells:
            rows.append((number, [cell.strip() for cell in cells]))


def _header(name, row, header):
    if len(header) < 2:
        raise ValueError(
            f"{name}, row {row}: one column only, it must have times and at least one of values, between commas"
        )
    for column, title in enumerate(header, 1):
        if not title:
            raise ValueError(f"{name}, row {row}, column {column}: the column has no name")
        if title in header[: column - 1]:
            raise ValueError(f"{name}, row {row}, column {column}: the name {title!r} comes twice")
    return header


def _time(where, cell, before):
    try:
        if WHOLE.fullmatch(cell):
            time = int(np.int64(int(cell)))
        elif ISO.fullmatch(cell):  # NumPy alone would also take "today", and shift a time with a zone
            time = np.datetime64(cell.removesuffix("Z"), "s")
        else:
            raise ValueError
    except (ValueError, OverflowError):
        raise ValueError(
            f"{where}: {cell!r} is not a time, wanted a whole number or an ISO date such as 2024-02-27T13:00"
        ) from None
    if before and type(time) is not type(before[0]):
        raise ValueError(f"{where}: {cell!r} is not the same kind of time as in the rows before")
    if before and time == before[-1]:
        raise ValueError(f"{where}: the time {cell!r} comes twice")
    if before and time < before[-1]:
        raise ValueError(f"{where}: the time {cell!r} is out of order, the row before has {before[-1]}")
    return time


def _number(where, cell):
    if cell.lower() in MISSING:
        return math.nan
    try:
        if "_" in cell:
            raise ValueError
        number = float(cell)
        if math.isnan(number):
            raise ValueError
    except ValueError:
        raise ValueError(f"{where}: {cell!r} is not a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{where}: {cell!r} is infinite, it must be finite or empty")
    return number
