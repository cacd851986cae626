"""read_series: a good file comes back exactly, and two hundred damaged ones are refused where they are damaged."""

import numpy as np
import pytest

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
    column = int(rng.integers(1, 5))
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
        (b"\n\n,a\n1,2\n", "row 3, column 1: the column has no name"),
        (b"t;a\n1;2\n", "row 1: one column only"),
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
