"""What kind of table a file is: its encoding, its delimiter and its header, found at one look and said.

Python's csv.Sniffer takes the comma for a file of semicolons whose names have commas, and gives up below a title line;
charset-normalizer takes short Chinese tables for Korean ones. So the delimiter is the one with which the rows begin
with a time and go on with numbers, and an encoding that its bytes do not prove is asked for.
"""

import codecs
import csv
import gzip
import io
import re
import unicodedata
import zlib
from dataclasses import dataclass
from itertools import islice

from rnn_course.data.clock import like_a_time
from rnn_course.data.decimals import like_a_number
from rnn_course.validate import one_of

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
LOOKED_FOR = (",", ";", "\t", "|")  # blanks stand inside times and names too
LOOK = 500  # rows that are enough to tell a delimiter by
BYTE_ORDER_MARKS = {  # the longer first: UTF-32's begins with UTF-16's
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
OLD_ENCODINGS = ("cp1252", "gb18030", "cp1251", "cp932")  # western Europe, China, Cyrillic, Japan
WORKBOOKS = {b"PK\x03\x04": "an Excel workbook or a ZIP archive", b"\xd0\xcf\x11\xe0": "an old Excel workbook"}
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


@dataclass(frozen=True)
class Table:
    """The cells of a file, and what it was taken for.

    names, units      a text for each column
    rows              [(row number, cells)], of values alone, each as long as `names`
    header            (row of the names, row of the units), as far as there are such rows
    encoding          as Python calls it
    delimiter         the character between cells
    remarks           what was passed over or named, in sentences
    """

    names: tuple
    units: tuple
    rows: list
    header: tuple
    encoding: str
    delimiter: str
    remarks: tuple


def look(name, raw, *, delimiter=None, encoding=None, header=None, times=None, dates=None):
    """Return the Table that the bytes of a file hold; ValueError with the file's name where they hold none.

    The arguments are those of `read_series`; what is None is found, or refused where it is not certain.
    """
    one_of("delimiter", delimiter, (None, *DELIMITERS))
    text, encoding = _decoded(name, raw, encoding)
    lines, remarks = _without_comments(text, header)
    if separator := re.fullmatch(r"sep=(.)\s*", lines[0]):  # a line that Excel writes and reads
        lines[0], delimiter = "\n", one_of("sep= in row 1", delimiter or separator[1], tuple(DELIMITERS))
        remarks.append(f"Row 1 is not part of the table, it names the delimiter: {separator[0].strip()!r}.")
    if delimiter is None:
        delimiter = _delimiter(name, lines, times, dates)
    rows, blank = [], 0
    for number, cells in _rows(name, lines, delimiter):
        rows += [(number, cells)] * any(cells)
        blank += not any(cells) and len(cells) > 1
    if blank:
        remarks.append(f"Rows of empty cells alone, {blank} of them, were passed over.")
    if len(rows) < 2 - (header == 0 and type(header) is int):
        raise ValueError(f"{name} has {len(rows)} rows, it must have a header and at least one row of values")
    named, first = _header(name, rows, header, times, dates)
    if first == len(rows):
        raise ValueError(f"{name} has no row of values below row {rows[-1][0]}, which was taken for its header")
    by_number = dict(rows)
    remarks += [
        f"Row {number} stands above the values and was passed over: {' '.join(filter(None, cells))!r}."
        for number, cells in rows[:first]
        if number not in named
    ]
    width = max(len(cells) for _, cells in rows[first:]) if not named else len(by_number[named[0]])
    names = by_number[named[0]] if named else [f"column {k}" for k in range(1, width + 1)]
    units = [*(by_number[named[1]] if len(named) > 1 else []), *[""] * width]
    if any(units[width:]):
        raise ValueError(f"{name}, row {named[1]}, column {width + 1}: a unit without a name in row {named[0]}")
    names, units, body, trimmed = _without_empty_columns(names, units[:width], rows[first:])
    remarks += trimmed
    if not names[0] and len(names) > 1:
        names[0] = "column 1"
        remarks.append("The first column has no name, as pandas writes an index, and is called 'column 1'.")
    _check_names(name, named[0] if named else rows[0][0], names, delimiter)
    _check_widths(name, body, len(names), delimiter)
    return Table(tuple(names), tuple(units), body, tuple(named), encoding, delimiter, tuple(remarks))


def unpacked(name, raw):
    """Return the bytes of a file, out of gzip where they are in it; ValueError for a workbook or damaged gzip."""
    for start, what in WORKBOOKS.items():
        if raw.startswith(start):
            raise ValueError(f'{name} is {what}, it must be text: open it and save it as "CSV UTF-8"')
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{name} is damaged gzip: {error}") from None


def _decoded(name, raw, encoding):
    """The text and its encoding; what is neither UTF-8 nor begins with a byte order mark is asked for."""
    if not isinstance(encoding, str | None):
        raise TypeError(f'encoding is {encoding!r}, it must be a name such as "utf-8" or "gb18030"')
    given, marks = encoding, (known for mark, known in BYTE_ORDER_MARKS.items() if raw.startswith(mark))
    encoding = given or next(marks, "utf-8")
    if encoding == "utf-8" and raw.count(0) > len(raw) // 4:
        likely = "utf-16-le" if raw[1::2].count(0) > raw[::2].count(0) else "utf-16-be"
        raise ValueError(f'{name}: so many bytes are zero that it is not UTF-8, perhaps encoding="{likely}"')
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        row = _row(raw[: error.start].decode("latin-1"))
        sentence = f"{name}, row {row}: byte {error.object[error.start]:#x} is not {encoding.upper()}"
        raise ValueError(sentence + ("" if given else _other_encodings(raw, error.start))) from None
    except UnicodeError as error:
        raise ValueError(f"{name} is not {encoding.upper()}: {error}") from None
    except (LookupError, ValueError):
        raise ValueError(f"encoding is {given!r}, Python knows no text encoding of that name") from None
    if "\0" in text:
        raise ValueError(f"{name}, row {_row(text[: text.index(chr(0))])}: there is a NUL character")
    if encoding == "utf-8" and not given and (found := _mixed_scripts(text)):
        raise ValueError(
            f"{name}, row {_row(text[: found.start()])}: {found[0]!r} mixes scripts as bytes of another encoding do"
            + _other_encodings(raw, len(text[: found.start()].encode()), "utf-8")
        )
    return text.removeprefix("\ufeff"), encoding


def _mixed_scripts(text):
    """The first word of two scripts that UTF-8 writes in two bytes: 水位 in GB 18030 is ˮλ in UTF-8."""
    for run in re.finditer("[\u00c0-\u07ff]{2,}", text):
        names = (unicodedata.name(letter, "") for letter in run[0] if letter.isalpha())
        if len({name.split(" ")[0] for name in names}) > 1:
            return run
    return None


def _row(before):
    """The row, as an editor counts, that follows a text."""
    return len(re.findall(r"\r\n|\r|\n", before)) + 1


def _other_encodings(raw, start, *first):
    """What the cell at a byte would be in the encodings that are met most: only its reader can tell."""
    begin = max(raw.rfind(mark, 0, start) for mark in (b",", b";", b"\t", b"\n", b"\r")) + 1
    cell = re.match(rb"[^,;\t\r\n]*", raw[begin:])[0]
    readings = []
    for encoding in (*first, *OLD_ENCODINGS):
        try:
            raw.decode(encoding)
            readings.append(f'encoding="{encoding}" reads {cell.decode(encoding)[:30]!r}')
        except UnicodeDecodeError:
            continue
    return f"; give the one that reads right: {', '.join(readings)}" if readings else "; give its encoding="


def _without_comments(text, header):
    """The lines, those that begin with # made empty so that rows keep their numbers; a header in one is kept."""
    lines, comments = LINE.findall(text), []
    kept = header if isinstance(header, tuple) else (header,)
    for k, line in enumerate(lines):
        if line.lstrip().startswith("#"):
            if k + 1 in kept:
                lines[k] = line.lstrip().lstrip("#")
            else:
                lines[k] = "\n"
                comments.append(f"{k + 1}")
    said = (
        f"Rows that begin with #, {len(comments)} of them, were passed over; the first is row {(comments or [0])[0]}."
    )
    return lines, [said] if comments else []


def _reader(lines, delimiter):
    return csv.reader(
        io.StringIO("".join(lines), newline=""), delimiter=delimiter, skipinitialspace=delimiter == " ", strict=True
    )


def _rows(name, lines, delimiter):
    """Yield the row number, where it begins, and the cells of every line that has any."""
    reader = _reader(lines, delimiter)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(f"{name}, row {number}: {error}") from None
        if cells:
            yield number, [cell.strip() for cell in cells]


def _delimiter(name, lines, times, dates):
    """The delimiter with which most rows begin with a time and go on with numbers."""
    lines = list(islice((line for line in lines if line.strip()), LOOK))
    scores = {delimiter: _score(lines, delimiter, times, dates) for delimiter in LOOKED_FOR}
    best = max(scores.values())
    found = [delimiter for delimiter, score in scores.items() if score == best]
    if len(found) > 1 and best[0]:
        choices = " or ".join(f"delimiter={delimiter!r}" for delimiter in found)
        raise ValueError(f"{name} can be cut into cells in more than one way, give {choices}")
    return found[0]


def _score(lines, delimiter, times, dates):
    """How much of the file's start becomes rows of a table: (whole rows, rows with a time, cells in the first)."""
    rows, whole, timed = [], 0, 0
    try:
        for cells in _reader(lines, delimiter):
            rows.append([cell.strip() for cell in cells])
    except csv.Error:
        pass  # said with its row when the file is read
    if times is not None:
        return (any(set(_named(times)) <= set(cells) for cells in rows), 0, 0)
    for cells in rows:
        begins = len(cells) > 1 and like_a_time(cells[0], dates)
        timed += begins
        whole += begins and all(map(like_a_number, cells[1:]))
    return whole, timed, 0 if timed else len(next(filter(any, rows), []))


def _named(times):
    return (times,) if isinstance(times, str) else times


def _header(name, rows, header, times, dates):
    """The numbers of the rows with names and units, as far as there are any, and the position of the first values."""
    if header is not None:
        return _given_header(name, rows, header)
    if times is not None:
        for position, (number, cells) in enumerate(rows):
            if set(_named(times)) <= set(cells):
                return [number], position + 1
        raise ValueError(f"{name} has no row with the names {', '.join(map(repr, _named(times)))} that times asks for")
    timed = (k for k, (_, cells) in enumerate(rows) if len(cells) > 1 and like_a_time(cells[0], dates))
    first = next(timed, None)
    if first is None:  # no time can be read, which is said with its row when the times are read
        first = next((k for k, (_, cells) in enumerate(rows[:-1], 1) if sum(map(bool, cells)) > 1), 1)
    if first == 0:
        number = rows[0][0]
        raise ValueError(
            f"{name}, row {number} holds values already, no row above it has names: give header=0 if there are none, "
            f"header={number} if these are the names, or the row of a comment that has them"
        )
    last = rows[first - 1][0]
    named = [number for number, cells in rows[:first] if sum(map(bool, cells)) > 1] or [last]  # a title is one cell
    if named == [last]:
        return named, first
    names, *_ = named[-2:]
    raise ValueError(
        f"{name}: rows {names} and {last} both stand above the values and may hold the names: give header={last} if "
        f"row {last} has the names, header=({names}, {last}) if row {names} has the names and row {last} the units, "
        f"or header={names} if the values begin below it"
    )


def checked_header(header):
    """Return the numbers of the rows with names and units; TypeError unless they are whole numbers, one or two."""
    numbers = header if isinstance(header, tuple) else (header,)
    if not 0 < len(numbers) < 3 or not all(type(number) is int and number >= 0 for number in numbers):
        raise TypeError(f"header is {header!r}, it must be a row's number, 0 for none, or (row of names, row of units)")
    return numbers


def _given_header(name, rows, header):
    numbers = checked_header(header)
    if header == 0:
        return [], 0
    positions = {number: k for k, (number, _) in enumerate(rows)}
    for number in numbers:
        if number not in positions:
            raise ValueError(f"{name}: header is {header}, but row {number} has no cells or does not exist")
    return list(numbers), max(positions[number] for number in numbers) + 1


def _without_empty_columns(names, units, rows):
    """Leave out columns that have neither name nor value, as a delimiter at the end of every line makes them."""
    names, units = list(names), list(units)
    width, remarks = len(names), []
    if all(len(cells) > width and not any(cells[width:]) for _, cells in rows):
        rows = [(number, cells[:width]) for number, cells in rows]
        remarks.append("Every row ends with empty cells that the header does not have: they were left out.")
    for column in reversed(range(1, len(names))):
        if names[column] or units[column] or any(any(cells[column : column + 1]) for _, cells in rows):
            continue
        del names[column], units[column]
        rows = [(number, cells[:column] + cells[column + 1 :]) for number, cells in rows]
        remarks.append(f"Column {column + 1} has neither name nor values and was left out.")
    return names, units, rows, remarks


def _check_names(name, row, names, delimiter):
    if len(names) < 2:
        raise ValueError(
            f"{name}, row {row}: one column only, it must have times and at least one of values; cells were looked "
            f"for between {DELIMITERS[delimiter]}s, give delimiter= if another character stands between them"
        )
    for column, title in enumerate(names, 1):
        if not title:
            raise ValueError(f"{name}, row {row}, column {column}: the column has no name")
        if title in names[: column - 1]:
            raise ValueError(f"{name}, row {row}, column {column}: the name {title!r} comes twice")


def _check_widths(name, rows, width, delimiter):
    for number, cells in rows:
        if len(cells) != width:
            column = min(len(cells), width) + 1
            every = delimiter == "," and all(len(cells) > width for _, cells in rows)
            raise ValueError(
                f"{name}, row {number}, column {column}: the row has {len(cells)} cells, the header {width}"
                + "; if commas are decimal signs here, the file must be written with another delimiter" * every
            )
