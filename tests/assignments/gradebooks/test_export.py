"""A platform's export: one cell is filled, and every other byte stays."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.assignments.gradebooks import export

CELL = st.text(st.sampled_from("aü,;\t\"\r\n '=李0"), max_size=6)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(
    table=TABLES,
    mark=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    data=st.data(),
)
@settings(deadline=None)  # files are written
def test_one_cell_is_filled_and_all_else_stays(tmp_path_factory, table, mark, end, quoting, encoding, data):
    table = [["id", *"b" * (len(table[0]) - 1)], *table]
    content = io.StringIO(newline="")
    # lines that end with \r need quotes around it, which the csv module puts for all ends in use
    csv.writer(content, delimiter=mark, lineterminator=end, quoting=quoting).writerows(table)
    text = content.getvalue()
    if [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)] != table:
        return  # the csv module itself has lost something: a bare \r in a file of \n
    path = tmp_path_factory.mktemp("export") / "e.csv"
    path.write_bytes(text.encode(encoding))
    read = export.read(path)
    assert read.rows == table
    assert read.filled({}) == path.read_bytes()
    row, column = data.draw(st.integers(0, len(table) - 1)), data.draw(st.integers(1, len(table[0]) - 1))
    new = data.draw(CELL)
    path.write_bytes(read.filled({(row, column): new}))
    table[row][column] = new
    assert export.read(path).rows == table


def test_a_cell_keeps_its_quotes_and_only_its_bytes_change(tmp_path):
    raw = b'\xef\xbb\xbf"id";b ;"c"\r\n"1";;"x ""y"""\r\n2;old;"z"\r\n\r\n'
    (tmp_path / "e.csv").write_bytes(raw)
    filled = export.read(tmp_path / "e.csv").filled({(1, 2): "7", (2, 1): "8;5", (1, 1): "9"})
    assert filled == b'\xef\xbb\xbf"id";b ;"c"\r\n"1";9;"7"\r\n2;"8;5";"z"\r\n\r\n'


def test_a_file_without_a_last_line_end_gets_none(tmp_path):
    (tmp_path / "e.csv").write_bytes(b"id,b\n1,")
    assert export.read(tmp_path / "e.csv").filled({(1, 1): "5"}) == b"id,b\n1,5"


def test_a_character_that_the_encoding_has_not_is_refused(tmp_path):
    (tmp_path / "e.csv").write_bytes("id,ü\n1,\n".encode("cp1252"))
    read = export.read(tmp_path / "e.csv")
    assert read.filled({(1, 1): "ü"}) == "id,ü\n1,ü\n".encode("cp1252")
    with pytest.raises(ValueError, match="which has no '李'"):
        read.filled({(1, 1): "李"})


@pytest.mark.parametrize("content", ["", "\n1,2\n", ",,\n1,2,3\n"])
def test_without_a_header_it_is_refused(tmp_path, content):
    (tmp_path / "e.csv").write_text(content)
    with pytest.raises(ValueError, match="has no header"):
        export.read(tmp_path / "e.csv")
