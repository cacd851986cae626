"""read_series: a good file comes back exactly, damaged ones are refused where they are damaged.

Of every kind of file that people have, it says what it took it for, or which argument decides.
"""

import csv
import gzip
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from rnn_course.data import read_series

ROWS, CHANNELS = 12, ("level", "flow", "heat")


def good(rng):
    """The cells of a file and its values: a header, dates, three channels, a few cells empty."""
    values = np.round(rng.normal(10, 3, (ROWS, 3)), 3)
    values[rng.random(values.shape) < 0.1] = np.nan
    times = np.datetime64("2024-02-27") + np.arange(ROWS)
    body = [
        [str(t), *("" if np.isnan(v) else repr(float(v)) for v in row)] for t, row in zip(times, values, strict=True)
    ]
    return [["day", *CHANNELS], *body], values


def cell(rng):
    """A row (1 is the header) and a column with a number in it."""
    return int(rng.integers(3, ROWS + 2)), int(rng.integers(2, 5))


def text_cell(rng, cells):
    row, column = cell(rng)
    cells[row - 1][column - 1] = str(
        rng.choice(["broken", "12;5.1", "1.2.3", "--", "1_000", "0x1F", "5 mm", "-nan", "1 2", "1\u20282"])
    )
    return f"row {row}, column {column}", "is not a number"


def infinite_cell(rng, cells):
    row, column = cell(rng)
    cells[row - 1][column - 1] = str(rng.choice(["inf", "-inf", "Infinity", "1e999"]))
    return f"row {row}, column {column}", "is infinite"


def doubled_time(rng, cells):
    row, _ = cell(rng)
    cells[row - 1][0] = cells[row - 2][0]
    return f"row {row}, column 1", "comes twice"


def swapped_rows(rng, cells):
    row, _ = cell(rng)
    cells[row - 2], cells[row - 1] = cells[row - 1], cells[row - 2]
    return f"row {row}, column 1", "out of order"


def unreadable_time(rng, cells):
    row, _ = cell(rng)
    times = [
        "2024-02-30",
        "today",
        "now",
        "",
        "2024/03/01",
        "2024-13-01",
        "NaT",
        "27.02.2024",
        "2024-03-01T00:00+01:00",
    ]
    cells[row - 1][0] = str(rng.choice(times))
    return f"row {row}, column 1", "is not a time"


def other_kind_of_time(rng, cells):
    row, _ = cell(rng)
    cells[row - 1][0] = "99999"
    return f"row {row}, column 1", "not the same kind of time"


def short_row(rng, cells):
    row, _ = cell(rng)
    cells[row - 1].pop()
    return f"row {row}, column 4", "3 cells"


def long_row(rng, cells):
    row, _ = cell(rng)
    cells[row - 1].append("4.5")
    return f"row {row}, column 5", "5 cells"


def nameless_column(rng, cells):
    column = int(rng.integers(2, 5))
    cells[0][column - 1] = ""
    return f"row 1, column {column}", "has no name"


def doubled_name(rng, cells):
    column = int(rng.integers(3, 5))
    cells[0][column - 1] = CHANNELS[0]
    return f"row 1, column {column}", "comes twice"


DAMAGE = [
    text_cell,
    infinite_cell,
    doubled_time,
    swapped_rows,
    unreadable_time,
    other_kind_of_time,
    short_row,
    long_row,
    nameless_column,
    doubled_name,
]
HARMLESS = {
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "byte order mark": lambda text: "\ufeff" + text,
    "no last newline": lambda text: text.rstrip("\n"),
    "spaces": lambda text: text.replace(",", " , "),
    "empty lines": lambda text: text.replace("\n", "\n\n") + "\n\n",
    "old Mac's line ends": lambda text: text.replace("\n", "\r"),
    "form feeds": lambda text: text.replace("\n", "\f\n"),
    "NA for empty": lambda text: text.replace(",,", ",NA,").replace(",\n", ",nan\n"),
    "quotes": lambda text: "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in text.splitlines()),
}


def written(path, cells):
    path.write_text("\n".join(",".join(row) for row in cells) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_file_is_refused_where_it_is_damaged(tmp_path, damage, seed):
    rng = np.random.default_rng([DAMAGE.index(damage), seed])
    cells, _ = good(rng)
    where, why = damage(rng, cells)
    with pytest.raises(ValueError) as refusal:
        read_series(written(tmp_path / "tide.csv", cells))
    assert f"tide.csv, {where}" in str(refusal.value) and why in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("change", HARMLESS)
def test_harmless_changes_are_read_exactly(tmp_path, change):
    cells, values = good(np.random.default_rng(5))
    path = written(tmp_path / "tide.csv", cells)
    path.write_bytes(HARMLESS[change](path.read_text("utf-8")).encode())
    series = read_series(path)
    np.testing.assert_array_equal(series.values, values)
    assert series.channels == CHANNELS
    assert list(series.times.astype("datetime64[D]").astype(str)) == [row[0] for row in cells[1:]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "0 rows"),
        (b"t,a\n", "1 rows"),
        (b"t\n1\n", "one column only"),
        (b"t,a\n1,2\n2,\xff\n", "row 3: byte 0xff is not UTF-8"),
        (b"t,a\n1,2\n2,\x003\n", "row 3: there is a NUL"),
        (b't,a\n1,"2\n', "row 2"),
        (b't,a\n1,2\n\n2,"3\n3,4\n4,5\n', "row 4"),
        (b't,"a\nb"\n1,2\n2,x\n', "row 4, column 2"),
        (b"t,a\n1,2\n99999999999999999999,3\n", "row 3, column 1 .* is not a time"),
        (b"\n\na,\n1,2\n", "row 3, column 2: the column has no name"),
        (b"t a\n1 2\n", "row 1: one column only"),
        (b"t,a\n1,2\x0c\n2,x\n", "row 3, column 2"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, message):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_series(path)


def test_times_of_day_are_read_as_they_stand(tmp_path):
    (tmp_path / "t.csv").write_text("t,a\n2024-02-27 23:30,1\n2024-02-28T00:00:05Z,2\n", "utf-8")
    series = read_series(tmp_path / "t.csv")
    assert [str(t) for t in series.times] == ["2024-02-27T23:30:00", "2024-02-28T00:00:05"]


def test_whole_numbers_are_times(tmp_path):
    (tmp_path / "t.csv").write_text("year,a\n1999,1.5\n2003,-2\n", "utf-8")
    series = read_series(tmp_path / "t.csv")
    np.testing.assert_array_equal(series.times, [1999, 2003])
    np.testing.assert_array_equal(series.values, [[1.5], [-2.0]])


# --- the kinds of file that people have: what comes at once

HOURS = ["2024-02-27T13:00:00", "2024-02-27T14:00:00"]
AS_ONE = [[1.5, 2.0], [1.7, 3.0]]


def kind(text, says, *, times=HOURS, values=AS_ONE, channels=("level", "flow"), units=("", ""), encoding="utf-8"):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return content, says, times, values, channels, units


TABLE = "time,level,flow\n2024-02-27 13:00,1.5,2\n2024-02-27 14:00,1.7,3\n"
GERMAN = "Zeit;level;flow\n27.02.2024 13:00;1,5;2\n27.02.2024 14:00;1,7;3\n"
READ = {
    "commas": kind(TABLE, "encoding: utf-8; delimiter: comma; decimal sign: a point; header: row 1; times: ISO"),
    "semicolons": kind(TABLE.replace(",", ";"), "delimiter: semicolon; decimal sign: a point"),
    "tabs": kind(TABLE.replace(",", "\t"), "delimiter: tab"),
    "bars": kind(TABLE.replace(",", "|"), "delimiter: bar"),
    "German, decimal commas": kind(
        GERMAN, "delimiter: semicolon; decimal sign: a comma; header: row 1; times: day first"
    ),
    "commas in names beside semicolons": kind(
        GERMAN.replace("level;flow", "level, m;flow, m3"), "semicolon", channels=("level, m", "flow, m3")
    ),
    "decimal commas in quotes": kind(
        'time,level,flow\n2024-02-27 13:00,"1,5",2\n2024-02-27 14:00,"1,7",3\n', "comma; decimal sign: a comma"
    ),
    "every cell in quotes": kind(
        "".join(",".join(f'"{c}"' for c in line.split(",")) + "\n" for line in TABLE.splitlines()), "comma"
    ),
    "byte order mark": kind("\ufeff" + TABLE, "encoding: utf-8-sig"),
    "Excel's Unicode text": kind(
        TABLE.replace(",", "\t").replace("level", "水位"),
        "utf-16; delimiter: tab",
        encoding="utf-16",
        channels=("水位", "flow"),
    ),
    "CRLF": kind(TABLE.replace("\n", "\r\n"), "comma"),
    "gzip": kind(gzip.compress(TABLE.encode(), mtime=0), "comma"),
    "a title above": kind(
        "Pegel Köln, Rhein\n\n" + GERMAN, "Row 1 stands above the values and was passed over: 'Pegel"
    ),
    "a padded title above": kind(
        "Pegel Köln;;\n" + GERMAN, "Row 1 stands above the values and was passed over: 'Pegel Köln'"
    ),
    "sep= of Excel": kind("sep=;\n" + GERMAN, "it names the delimiter: 'sep=;'"),
    "comments": kind("# station 7\n# metres\n" + TABLE + "# the end\n", "begin with #, 3 of them, were passed over"),
    "a delimiter at every line's end": kind(TABLE.replace("\n", ",\n"), "Column 4 has neither name nor values"),
    "a delimiter at the values' ends": kind(
        TABLE.replace("0,1.5,2", "0,1.5,2,").replace(",3\n", ",3,\n"), "Every row ends"
    ),
    "empty rows of Excel": kind(TABLE + ",,\n,,\n", "Rows of empty cells alone, 2 of them"),
    "an index of pandas": kind(TABLE.replace("time", ""), "The first column has no name"),
    "fractions of a second": kind(
        TABLE.replace("13:00", "13:00:00.250").replace("14:00", "13:00:00.5"),
        "ISO",
        times=["2024-02-27T13:00:00.250", "2024-02-27T13:00:00.500"],
    ),
    "offsets": kind(
        TABLE.replace(":00,", ":00+01:00,"),
        "zone: +01:00, now UTC",
        times=["2024-02-27T12:00:00", "2024-02-27T13:00:00"],
    ),
    "offsets of summer and winter": kind(
        "time,level,flow\n2024-10-27T02:30+02:00,1.5,2\n2024-10-27T02:30+01:00,1.7,3\n",
        "zone: +01:00 and +02:00, now UTC",
        times=["2024-10-27T00:30:00", "2024-10-27T01:30:00"],
    ),
    "Chinese dates": kind(TABLE.replace("2024-02-27", "2024/2/27"), "times: year first"),
    "slashes with a day above twelve": kind(TABLE.replace("2024-02-27", "27/02/2024"), "times: day first"),
    "American": kind("time,level,flow\n2/27/2024 1:00 PM,1.5,2\n2/27/2024 2:00 PM,1.7,3\n", "times: month first"),
    "JavaScript's German": kind(
        "Zeit;level;flow\n27.2.2024, 13:00:00;1,5;2\n27.2.2024, 14:00:00;1,7;3\n", "semicolon; decimal sign: a comma"
    ),
    "years": kind("year,level,flow\n1999,1.5,2\n2003,1.7,3\n", "times: whole numbers", times=["1999", "2003"]),
    "per cent": kind(TABLE.replace("1.5", "1.5%").replace("1.7", "1.7 %"), "comma", units=("%", "")),
    "thousandths": kind(
        TABLE.replace("1.5", "1.234").replace("1.7", "2.345"),
        "if it parts thousands, give thousands",
        values=[[1.234, 2.0], [2.345, 3.0]],
    ),
    "powers of ten": kind(TABLE.replace("1.5", "15E-1"), "comma"),
    "marks of missing values": kind(
        TABLE.replace(",2\n", ",NA\n").replace("1.7", ""),
        "missing: empty 1 ×, na 1 ×",
        values=[[1.5, np.nan], [np.nan, 3.0]],
    ),
}


@pytest.mark.parametrize("case", READ)
def test_what_is_certain_is_read_and_said(tmp_path, case):
    content, says, times, values, channels, units = READ[case]
    path = tmp_path / "river.csv"
    path.write_bytes(content)
    series = read_series(path)
    assert says in str(series.reading)
    assert all(line in repr(series) for line in str(series.reading).split("\n"))
    assert [str(t) for t in series.times] == times
    np.testing.assert_array_equal(series.values, values)
    assert (series.channels, series.units, series.name) == (channels, units, "river")


# --- and what is asked for: the sentence, the argument that it names, and what comes with it


def asked(text, sentence, arguments, says="", **expected):
    return *kind(text, says, **expected), sentence, arguments


UNITS = "time,level,flow\n,m,m3/s\n" + TABLE.split("\n", 1)[1]
FALL = "time,level,flow\n2024-10-27 02:00,1.5,2\n2024-10-27 02:00,1.7,3\n"
ASKED = {
    "two header rows": asked(
        UNITS,
        r"rows 1 and 2 both .* give header=2 .* header=\(1, 2\)",
        {"header": (1, 2)},
        "row 1 and row 2",
        units=("m", "m3/s"),
    ),
    "a zone in the row of units": asked(
        UNITS.replace(",m,", "UTC+1,m,"),
        r"header=\(1, 2\)",
        {"header": (1, 2)},
        "The unit of the times is 'UTC+1'.",
        units=("m", "m3/s"),
    ),
    "metadata of two cells": asked(
        "Station,Köln\n" + TABLE, "rows 1 and 2 both .* give header=2", {"header": 2}, "Row 1 stands above"
    ),
    "no header": asked(
        TABLE.split("\n", 1)[1],
        "row 1 holds values already, .* give header=0",
        {"header": 0},
        "header: none",
        channels=("column 2", "column 3"),
    ),
    "years as names": asked(
        TABLE.replace("time,level,flow", "0,1999,2000"),
        "give header=0 .* header=1 if",
        {"header": 1},
        channels=("1999", "2000"),
    ),
    "header in a comment": asked(
        "# " + TABLE, "row 2 holds values already, .* or the row of a comment", {"header": 1}, "header: row 1"
    ),
    "Chinese Excel": asked(
        TABLE.replace("level", "水位"),
        "row 1: 'ˮλ' mixes scripts .* encoding=\"gb18030\" reads '水位'",
        {"encoding": "gb18030"},
        "encoding: gb18030",
        channels=("水位", "flow"),
        encoding="gbk",
    ),
    "German Windows": asked(
        GERMAN.replace("level", "Höhe"),
        "row 1: byte 0xf6 .* encoding=\"cp1252\" reads 'Höhe'",
        {"encoding": "cp1252"},
        channels=("Höhe", "flow"),
        encoding="cp1252",
    ),
    "UTF-16 without a mark": asked(TABLE, 'encoding="utf-16-le"', {"encoding": "utf-16-le"}, encoding="utf-16-le"),
    "a point beside semicolons": asked(
        "time;level;flow\n2024-02-27 13:00;1.234;2\n2024-02-27 14:00;2.345;3\n",
        r"row 2, column 2 .*: the point of '1.234' .* give decimal='\.', or decimal=',' and thousands='\.'",
        {"decimal": "."},
        values=[[1.234, 2], [2.345, 3]],
    ),
    "the same, as thousands": asked(
        "time;level;flow\n2024-02-27 13:00;1.234;2\n2024-02-27 14:00;2.345;3\n",
        "may part decimals or thousands",
        {"thousands": "."},
        "thousands: '.'",
        values=[[1234, 2], [2345, 3]],
    ),
    "a point beside decimal commas": asked(
        GERMAN.replace("1,7;3", "1,7;3.000"),
        r"row 3, column 3 .*: the point of '3.000' .*thousands='\.'",
        {"thousands": "."},
        values=[[1.5, 2], [1.7, 3000]],
    ),
    "two points in a number": asked(
        GERMAN.replace(";3", ";1.234.567"),
        r"'1.234.567' has a point between thousands: give thousands='\.', decimal=','",
        {"thousands": ".", "decimal": ","},
        values=[[1.5, 2], [1.7, 1234567]],
    ),
    "American thousands": asked(
        TABLE.replace(",3\n", ',"1,234.5"\n'),
        "'1,234.5' has a comma between thousands",
        {"thousands": ","},
        values=[[1.5, 2], [1.7, 1234.5]],
    ),
    "thousands by blanks": asked(
        GERMAN.replace(";3", ";1\u202f234"),
        "is not a number; .* give thousands=' '",
        {"thousands": " "},
        values=[[1.5, 2], [1.7, 1234]],
    ),
    "Swiss thousands": asked(
        TABLE.replace(",3\n", ",1'234\n"),
        'is not a number; .* give thousands="\'"',
        {"thousands": "'"},
        values=[[1.5, 2], [1.7, 1234]],
    ),
    "dates of either order": asked(
        TABLE.replace("2024-02-27", "02/03/2024"),
        'give dates="day first" or dates="month first"',
        {"dates": "day first"},
        times=["2024-03-02T13:00:00", "2024-03-02T14:00:00"],
    ),
    "years of two digits": asked(
        TABLE.replace("2024-02-27", "27.02.24"),
        "the year of '27.02.24 13:00' .* give dates=",
        {"dates": "%d.%m.%y %H:%M"},
    ),
    "names of months": asked(
        TABLE.replace("2024-02-27", "27-Feb-2024"),
        "row 2, column 1 .* is not a time, .* give dates=",
        {"dates": "%d-%b-%Y %H:%M"},
    ),
    "dates of digits": asked(
        TABLE.replace("2024-02-27 ", "20240227").replace(":00,", ","),
        'give dates="%Y%m%d%H" or dates="number"',
        {"dates": "%Y%m%d%H"},
    ),
    "the same, as numbers": asked(
        TABLE.replace("2024-02-27 ", "20240227").replace(":00,", ","),
        'dates="number"',
        {"dates": "number"},
        times=["2024022713", "2024022714"],
    ),
    "an hour twice": asked(
        FALL,
        "row 3, column 1 .* comes twice; if the clock was set back here, give its zone",
        {"zone": "Europe/Berlin"},
        "zone: Europe/Berlin, now UTC",
        times=["2024-10-27T00:00:00", "2024-10-27T01:00:00"],
    ),
    "date and time of day apart": asked(
        "date,clock,level,flow\n2024-02-27,13:00,1.5,2\n2024-02-27,14:00,1.7,3\n",
        r"row 3, column 1 .* comes twice; .* give times=\('date', 'clock'\)",
        {"times": ("date", "clock")},
    ),
    "times in another column": asked(
        "id,time,level,flow\n7,2024-02-27 13:00,1.5,2\n7,2024-02-27 14:00,1.7,3\n",
        "give times='time'",
        {"times": "time", "columns": ("level", "flow")},
        "does not name them: 'id'",
    ),
    "values before the times": asked(
        "level,flow,time\n1.5,2,2024-02-27 13:00\n1.7,3,2024-02-27 14:00\n",
        "row 2, column 1 .*: '1.5' is not a time.*; if the times stand elsewhere, give times='time'",
        {"times": "time"},
    ),
    "a column of text": asked(
        "time,level,flow,flag\n2024-02-27 13:00,1.5,2,ok\n2024-02-27 14:00,1.7,3,ok\n",
        "row 2, column 4 .* 'ok' is not a number; .* columns=",
        {"columns": ("level", "flow")},
        "'flag'",
    ),
    "another mark of missing values": asked(
        TABLE.replace("1.7", "--"),
        r"'--' is not a number; .* missing=\('--',\)",
        {"missing": ("--",)},
        "missing: -- 1 ×",
        values=[[1.5, 2], [np.nan, 3]],
    ),
    "blanks between cells": asked(
        "year level   flow\n1999  1.5  2\n2000  1.7  3\n",
        "give delimiter=",
        {"delimiter": " "},
        times=["1999", "2000"],
    ),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_is_not_certain_is_asked_for_and_read_when_told(tmp_path, case):
    content, says, times, values, channels, units, sentence, arguments = ASKED[case]
    path = tmp_path / "river.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=sentence) as refusal:
        read_series(path)
    assert str(refusal.value).startswith("river.csv") and "\n" not in str(refusal.value)
    series = read_series(path, **arguments)
    assert says in str(series.reading)
    assert [str(t) for t in series.times] == times
    np.testing.assert_array_equal(series.values, values)
    assert (series.channels, series.units) == (channels, units)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"delimiter": "x"}, ValueError, "delimiter is 'x', it must be one of None, ',', ';'"),
        ({"decimal": ";"}, ValueError, r"decimal is ';', it must be one of None, '\.', ','"),
        ({"decimal": ".", "thousands": "."}, ValueError, r"thousands is '\.', which is the decimal sign too"),
        ({"encoding": "klingon"}, ValueError, "encoding is 'klingon', Python knows no text encoding of that name"),
        ({"encoding": 8}, TypeError, "encoding is 8, it must be a name"),
        ({"header": 9}, ValueError, "river.csv: header is 9, but row 9 has no cells or does not exist"),
        ({"header": "one"}, TypeError, "header is 'one', it must be a row's number"),
        ({"header": True}, TypeError, "header is True, it must be a row's number"),
        ({"times": "clock"}, ValueError, "river.csv has no row with the names 'clock' that times asks for"),
        ({"times": 3}, TypeError, "times is 3, it must be a name or a tuple of names"),
        ({"columns": "level"}, TypeError, "columns is 'level', it must be a tuple of names"),
        ({"columns": ("depth",)}, ValueError, "river.csv: columns names 'depth', the columns are time, level, flow"),
        ({"columns": ("time",)}, ValueError, "a column is for times or for values"),
        ({"dates": "day"}, ValueError, "dates is 'day', it must be \"day first\""),
        ({"dates": 5}, ValueError, 'dates is 5, it must be "day first"'),
        ({"dates": "%Y%Y"}, ValueError, "dates is '%Y%Y', by which no time can be read"),
        ({"dates": "%Y %"}, ValueError, "dates is '%Y %', by which no time can be read"),
        ({"dates": "%d.%m."}, ValueError, "which has no year"),
        ({"zone": "Mars"}, ValueError, "zone is 'Mars', it must be a name such as"),
        ({"missing": -999}, TypeError, r"missing is -999, it must be a tuple of numbers and texts such as \(-999,\)"),
        ({"missing": "--"}, TypeError, "missing is '--', it must be a tuple"),
    ],
)
def test_arguments_are_refused_by_name(tmp_path, arguments, error, sentence):
    path = tmp_path / "river.csv"
    path.write_text(TABLE, "utf-8")
    with pytest.raises(error, match=sentence):
        read_series(path, **arguments)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 and so on", 'an Excel workbook or a ZIP archive, it must be text: .* "CSV UTF-8"'),
        (gzip.compress(TABLE.encode(), mtime=0)[:-9], "river.csv is damaged gzip"),
        (b"\xff\xfet\x00\x00", "river.csv, row 1: byte 0x0 is not UTF-16"),
        (
            TABLE.replace("1.5", "1,5").replace("1.7", "1,7").encode(),
            "has 4 cells, the header 3; if commas are decimal",
        ),
        (TABLE.replace("1.7", "1,7").encode(), "row 3, column 4: the row has 4 cells, the header 3$"),
    ],
)
def test_no_table_of_text_and_what_to_do(tmp_path, content, sentence):
    path = tmp_path / "river.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        read_series(path)


def test_codes_are_named_and_taken_out_only_when_told(tmp_path):
    path = tmp_path / "river.csv"
    path.write_text("year,level,flow\n1,1.5,-999\n2,9999,2.5\n3,1.7,-99.9\n4,1.2,3\n5,-999.0,3.5\n", "utf-8")
    silent = read_series(path)
    assert silent.values[:, 0].tolist() == [1.5, 9999, 1.7, 1.2, -999] and silent.missing == {"level": 0, "flow": 0}
    for channel, code in (("level", "9999"), ("level", "-999"), ("flow", "-999"), ("flow", "-99.9")):
        assert f"In '{channel}' the value {code} (1 ×) stands far out and might be a code" in repr(silent)
    told = read_series(path, missing=(-999, 9999, -99.9, "--"))
    np.testing.assert_array_equal(told.values[:, 0], [1.5, np.nan, 1.7, 1.2, np.nan])
    assert told.missing == {"level": 2, "flow": 2} and told.reading.remarks == ()
    assert "missing: -999 2 ×, 9999 1 ×, -99.9 1 ×, -- 0 ×" in str(told.reading)


def test_a_jump_in_time_is_said(tmp_path):
    path = tmp_path / "river.csv"
    path.write_text("day,level\n2024-05-01,1\n2024-05-02,2\n2024-05-03,3\n2024-05-06,4\n", "utf-8")
    said = "Time jumps 1 ×, first from 2024-05-03T00:00:00 to 2024-05-06T00:00:00: on_a_grid puts"
    assert said in repr(read_series(path))
    path.write_text("day,level\n2024-01-01,1\n2024-02-01,2\n2024-03-01,3\n2024-04-01,4\n", "utf-8")
    assert read_series(path).reading.remarks == ()


def test_the_reading_stays_with_the_series_and_its_html(tmp_path):
    path = tmp_path / "river.csv"
    path.write_text(TABLE.replace("1.5", "1.234").replace("1.7", "<b>").replace("<b>", "2.345"), "utf-8")
    series = read_series(path)
    assert series[1:].reading == series.reading
    assert "<p>read with encoding: utf-8; delimiter: comma" in series._repr_html_()
    assert "Every number with a point has three digits" in series._repr_html_()


# --- whatever comes, nothing is lost and nothing is made up

CELLS = ["2024-01-01", "2024-01-02 03:00", "03.01.2024", "5", "17", "1.5", "-2,5", "1.234", "", "NA", "-999", "7%", "x"]
ROWS_OF_CELLS = st.lists(st.lists(st.sampled_from([*CELLS, '"a"', "# b"]), min_size=1, max_size=4), max_size=6)
LIKELY = st.builds(
    lambda start, width, numbers, delimiter, end: end.join(
        [
            *start,
            delimiter.join(f"c{k}" for k in range(width)),
            *(delimiter.join([f"2024-01-{k:02}", *row[: width - 1]]) for k, row in enumerate(numbers, 1)),
        ]
    ),
    st.lists(st.sampled_from(["a title", "# a comment", "", "sep=;"]), max_size=2),
    st.integers(2, 4),
    st.lists(st.lists(st.sampled_from([*CELLS[3:12]]), min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
)
BYTES = st.one_of(
    st.binary(max_size=60),
    st.builds(lambda rows, d: "\n".join(map(d.join, rows)).encode(), ROWS_OF_CELLS, st.sampled_from(",;\t| ")),
    LIKELY.map(str.encode),
    st.builds(str.encode, LIKELY, st.sampled_from(["utf-16", "utf-8-sig"])),
)


def numbers_of(cell):
    """Every number that a cell may be read as."""
    found = set()
    for text in (cell, cell.replace(",", "."), cell.removesuffix("%").replace(",", ".")):
        try:
            found.add(float(text))
        except ValueError:
            continue
    return found


@settings(max_examples=500, deadline=None)
@given(BYTES)
def test_whatever_bytes_come_no_row_is_lost_and_no_number_made_up(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(content)
        try:
            series = read_series(path)
        except ValueError as refusal:
            assert "any.csv" in str(refusal)
            event("refused")
            return
    event("read")
    reading = series.reading
    text = content.decode(reading.encoding).removeprefix("\ufeff")
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=reading.delimiter) if any(row)]
    said = [remark for remark in reading.remarks if "passed over" in remark or "not part of the table" in remark]
    rows = [row for row in rows if any(map(str.strip, row)) and not row[0].lstrip().startswith("#")]
    passed = sum("stands above" in remark or "not part" in remark for remark in said)
    assert len(rows) == len(series) + len(reading.header) + passed
    for row, values in zip(rows[-len(series) :], series.values, strict=True):
        for cell, value in zip(row[1:], values, strict=False):
            empty = cell.strip().lower() in ("", "na", "nan", "null")
            assert empty if np.isnan(value) else value in numbers_of(cell)


@settings(max_examples=500, deadline=None)
@given(
    values=st.lists(
        st.tuples(*[st.none() | st.floats(-1e9, 1e9, allow_subnormal=False)] * 2), min_size=2, max_size=9
    ).filter(lambda rows: all(any(row[k] is not None for row in rows) for k in range(2))),
    first=st.integers(1500, 2100),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_what_is_written_as_a_table_is_read_back_to_the_last_bit(values, first, delimiter):
    times = [first + 3 * k for k in range(len(values))]
    lines = [delimiter.join(["year", "a", "b"])]
    for time, row in zip(times, values, strict=True):
        lines.append(delimiter.join([str(time), *("" if value is None else repr(value) for value in row)]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mine.csv")
        path.write_text("\n".join(lines) + "\n", "utf8")
        found = read_series(path, delimiter=delimiter, decimal=".", dates="number", header=1)
    wanted = np.array([[np.nan if value is None else value for value in row] for row in values])
    assert found.times.tolist() == times and found.channels == ("a", "b")
    np.testing.assert_array_equal(found.values, wanted)
