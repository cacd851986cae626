"""Our own tables: what a student wrote never runs, and comes back as it was."""

import csv
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.assignments import sheets

COLUMNS = ("id", "name")
CELL = st.text(st.characters(codec="utf8", exclude_characters="\0"), max_size=20)
RISKY = st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'=", "''@", "＝", "'"]), CELL)


@given(rows=st.lists(st.fixed_dictionaries({"id": CELL | RISKY, "name": CELL | RISKY}), max_size=5))
@settings(deadline=None)  # files are written
def test_whatever_is_written_comes_back_and_nothing_in_the_file_is_a_formula(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sheet") / "table.csv"
    sheets.write(path, COLUMNS, rows)
    assert sheets.read(path) == rows
    with path.open(encoding="utf-8-sig", newline="") as file:
        for cell in (cell for row in csv.reader(file) for cell in row):
            assert not re.match(r"[=+\-@\t\r]", cell)


def test_a_formula_gets_an_apostrophe_and_other_text_none(tmp_path):
    sheets.write(tmp_path / "t.csv", COLUMNS, [{"id": "007", "name": '=HYPERLINK("x")'}, {"id": "'a", "name": "a=b"}])
    assert (tmp_path / "t.csv").read_bytes() == (b'\xef\xbb\xbfid,name\r\n007,"\'=HYPERLINK(""x"")"\r\n\'a,a=b\r\n')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_what_a_spreadsheet_has_saved_is_read(tmp_path, encoding, mark):
    (tmp_path / "t.csv").write_bytes(f'id{mark}name\r\n007{mark}"Müller{mark} Ann"\r\n\r\n'.encode(encoding))
    assert sheets.read(tmp_path / "t.csv") == [{"id": "007", "name": f"Müller{mark} Ann"}]


@pytest.mark.parametrize(
    "content, sentence",
    [
        ("id,name\n1,a,b\n", "has 3 cells in row 2, its header has 2"),
        ("id,name\n1\n", "has 1 cells in row 2"),
        ("id,id\n", "each must be there once"),
        ("id\n", "it must have name too"),
        ("", "it must have id, name too"),
        ('id,name\n1,"a\n', "cannot be read as CSV"),
        ("id,name\n1,\0\n", "is no text"),
        ("id,name\n1,\x81\x9d", "is no text"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, sentence):
    (tmp_path / "t.csv").write_bytes(content.encode("latin1"))
    with pytest.raises(ValueError, match=sentence):
        sheets.read(tmp_path / "t.csv", COLUMNS if "id,id" not in content else ())


@pytest.mark.parametrize("row", [{"id": "1"}, {"id": "1", "name": "a", "more": "b"}])
def test_a_row_with_other_columns_is_refused(tmp_path, row):
    with pytest.raises(ValueError, match="it must have id, name"):
        sheets.write(tmp_path / "t.csv", COLUMNS, [row])
    assert not (tmp_path / "t.csv").exists()
