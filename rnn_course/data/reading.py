"""Reading a learner's own table: what is certain is taken and said, what is not is refused with what to give."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnn_course import validate
from rnn_course.data.clock import checked_form, read_times, times_elsewhere
from rnn_course.data.decimals import codes, look_at_marks, read_column
from rnn_course.data.grid import jumps
from rnn_course.data.look import DELIMITERS, checked_header, look, unpacked
from rnn_course.data.series import Series

SIGNS = {".": "a point", ",": "a comma"}


@dataclass(frozen=True)
class Reading:
    """What a file was taken for: what `read_series` found, or was told.

    encoding    as Python calls it
    delimiter   the character between cells
    decimal     the decimal sign
    thousands   the mark between thousands, None where there is none
    header      the row of the names, and that of the units if there is one, counted as in a text editor
    times       how the times are written
    zone        the zone of the clock, "" where the file tells none
    missing     how often each mark of a missing value was met, as {mark: count}
    remarks     what was passed over, what was not certain, what might be a code: sentences
    """

    encoding: str
    delimiter: str
    decimal: str
    thousands: str | None
    header: tuple
    times: str
    zone: str
    missing: dict
    remarks: tuple = ()

    def __str__(self):
        facts = {
            "encoding": self.encoding,
            "delimiter": DELIMITERS[self.delimiter],
            "decimal sign": SIGNS[self.decimal],
            "thousands": repr(self.thousands) if self.thousands else "",
            "header": " and ".join(f"row {row}" for row in self.header) or "none",
            "times": self.times,
            "zone": self.zone or "none",
            "missing": ", ".join(f"{mark or 'empty'} {count:,} ×" for mark, count in self.missing.items()) or "none",
        }
        return "\n".join(["read with " + "; ".join(f"{k}: {v}" for k, v in facts.items() if v), *self.remarks])


def read_series(
    path,
    *,
    delimiter=None,
    decimal=None,
    thousands=None,
    encoding=None,
    header=None,
    times=None,
    columns=None,
    dates=None,
    zone=None,
    missing=(),
):
    """Read a table of text as a Series: times in the first column, numbers in the others.

    Each argument says what the file is; None finds it out. What was found stands in the Series's `reading`, and in what
    it shows. Where two answers are possible, the file is refused with the arguments that decide. Nothing is sorted,
    dropped, converted or filled without a word. Rows are counted as in a text editor; `.gz` is unpacked.

    delimiter  between cells: "," ";" tab "|" or " " (any number of blanks)
    decimal    the decimal sign, "." or ","
    thousands  the mark between thousands: "." "," "'" or " "
    encoding   a name such as "utf-8" or "gb18030"
    header     the row of the names, a pair (row of names, row of units), or 0 where the values begin at once
    times      the name of the column of times, or of two that make them up: ("date", "time")
    columns    the names of the columns to read, as a tuple; None reads all
    dates      "day first", "month first", "year first", "number", or a format of datetime.strptime
    zone       of a clock that the times are read from, "Europe/Berlin" or "+01:00": they come back in UTC
    missing    what stands for a missing value beside an empty cell, NA, NaN and null: (-999, "--")

    Times are whole numbers or dates, as fine as a second, or as their fractions are. With an offset they come in UTC.

    Raises ValueError with row and column for text in a number column, an infinite value, a time out of order, doubled
    or unreadable, and a row with too many or too few cells; for a file with no table in it; and, with the argument to
    give, for what may be read in two ways. Raises TypeError for arguments of another type.
    """
    _check_names("times", times, (str, list, tuple))
    _check_names("columns", columns, (list, tuple))
    if dates is not None:
        checked_form(dates)
    if header is not None:
        checked_header(header)
    path = validate.path("path", path)
    name = path.name
    given = {"delimiter": delimiter, "encoding": encoding, "header": header, "times": times, "dates": dates}
    table = look(name, unpacked(name, path.read_bytes()), **given)
    of_time, of_values = _chosen(name, table, times, columns)

    def where(k, column):
        return f"{name}, row {table.rows[k][0]}, column {column + 1} ({table.names[column]!r})"

    written = [" ".join(cells[column] for column in of_time) for _, cells in table.rows]
    elsewhere = None if times else times_elsewhere(table.names, table.rows[0][1])
    advice = f"; if the times stand elsewhere, give times={elsewhere!r}" if elsewhere else ""
    instants, form, zone = read_times(written, lambda k: where(k, of_time[0]), dates, zone, advice)
    texts = [[cells[j] for _, cells in table.rows] for j in of_values]
    marks = look_at_marks(texts, lambda k, j: where(k, of_values[j]), table.delimiter, decimal, thousands, missing)
    values, units, met = np.empty((len(table.rows), len(of_values))), [], dict.fromkeys(marks.missing, 0)
    for position, j in enumerate(of_values):
        values[:, position], percent, found = read_column(texts[position], lambda k, j=j: where(k, j), marks)
        units.append(table.units[j] or "%" * percent)
        met |= {mark: met.get(mark, 0) + count for mark, count in found.items()}
    channels = tuple(table.names[j] for j in of_values)
    remarks = [*table.remarks, *([marks.remark] if marks.remark else []), *_left_out(table, of_time, of_values)]
    remarks += [f"The unit of the times is {table.units[j]!r}." for j in of_time if table.units[j]]
    remarks += [*_about_codes(channels, values), *_about_jumps(instants)]
    reading = Reading(
        table.encoding, table.delimiter, marks.decimal, thousands, table.header, form, zone, met, tuple(remarks)
    )
    stem = Path(name.removesuffix(".gz")).stem
    return Series(stem, values, instants, channels, tuple(units), name, reading=reading)


def _check_names(argument, given, kinds):
    fits = given is None or (isinstance(given, kinds) and len(given))
    if not fits or not all(isinstance(title, str) for title in given or ()):
        wanted = "a name or a tuple of names" if str in kinds else "a tuple of names"
        raise TypeError(f"{argument} is {given!r}, it must be {wanted}")


def _chosen(name, table, times, columns):
    """The positions of the columns of times and of values."""
    for argument, given in (("times", times), ("columns", columns)):
        for title in (given,) if isinstance(given, str) else given or ():
            if title not in table.names:
                raise ValueError(f"{name}: {argument} names {title!r}, the columns are {', '.join(table.names)}")
    of_time = [table.names.index(title) for title in ((times,) if isinstance(times, str) else times or ())] or [0]
    wanted = columns or [title for j, title in enumerate(table.names) if j not in of_time]
    of_values = [table.names.index(title) for title in wanted]
    if not of_values or set(of_values) & set(of_time):
        raise ValueError(f"{name}: a column is for times or for values, and there must be both")
    return of_time, of_values


def _left_out(table, of_time, of_values):
    names = [repr(title) for j, title in enumerate(table.names) if j not in (*of_time, *of_values)]
    return [f"Columns left out because columns= does not name them: {', '.join(names)}."] if names else []


def _about_jumps(times):
    places = np.flatnonzero(jumps(times))
    if not places.size:
        return []
    k = int(places[0])
    return [
        f"Time jumps {places.size:,} ×, first from {times[k]} to {times[k + 1]}: on_a_grid puts the absent rows back."
    ]


def _about_codes(channels, values):
    return [
        f"In {channel!r} the value {code} ({count:,} ×) stands far out and might be a code for missing: if it is, "
        f"give missing=({code},)."
        for channel, column in zip(channels, values.T, strict=True)
        for code, count in codes(column).items()
    ]
