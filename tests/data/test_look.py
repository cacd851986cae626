"""What a file is taken for: encodings, delimiters and headers, where each is certain and where it is asked for."""

import pytest

from rnn_course.data.look import look, unpacked


def rows(table):
    return [cells for _, cells in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_an_encoding_that_the_bytes_prove_is_taken(encoding):
    table = look("t.csv", "Zeit;Höhe\n1;2\n".encode(encoding))
    assert table.names == ("Zeit", "Höhe") and table.encoding == encoding and rows(table) == [["1", "2"]]


def test_chinese_headers_are_asked_for_where_a_guess_would_take_them_for_korean():
    raw = "日期,平均气温,降水量\n2024-05-01,12.5,0\n2024-05-02,13.1,2.4\n".encode("gb18030")
    with pytest.raises(ValueError, match=r"row 1: byte 0xc8 is not UTF-8; .* encoding=\"gb18030\" reads '日期'"):
        look("t.csv", raw)
    assert look("t.csv", raw, encoding="gb18030").names == ("日期", "平均气温", "降水量")


@pytest.mark.parametrize("names", ["Größe,Höhe", "débit,température", "σ,Δh", "уровень,расход", "水位,流量", "µm,°C"])
def test_names_of_one_script_in_utf_8_are_not_asked_about(names):
    assert look("t.csv", f"t,{names}\n1,2,3\n".encode()).names[1:] == tuple(names.split(","))


def test_bytes_of_gb_18030_that_are_utf_8_too_are_asked_about():
    raw = "位,水位\n1,2\n".encode("gb18030")
    assert raw.decode("utf-8") == "λ,ˮλ\n1,2\n"
    with pytest.raises(ValueError, match=r"encoding=\"utf-8\" reads 'ˮλ'.* encoding=\"gb18030\" reads '水位'"):
        look("t.csv", raw)
    assert look("t.csv", raw, encoding="utf-8").names == ("λ", "ˮλ")


def test_commas_in_names_do_not_make_a_delimiter():
    text = "Zeit;Pegel, m;Abfluss, m3\n01.01.2024 13:00;1,5;2,7\n01.01.2024 14:00;1,7;3,1\n"
    table = look("t.csv", text.encode())
    assert (table.delimiter, table.names) == (";", ("Zeit", "Pegel, m", "Abfluss, m3"))


def test_two_delimiters_that_fit_alike_are_asked_about():
    raw = b"t,a\n1,2\n3,4\nt;a\n5;6\n7;8\n"
    with pytest.raises(ValueError, match=r"more than one way, give delimiter=',' or delimiter=';'"):
        look("t.csv", raw)


@pytest.mark.parametrize(
    ("text", "header", "named", "passed"),
    [
        ("t,a\n1,2\n", None, (1,), 0),
        ("\n\nt,a\n1,2\n", None, (3,), 0),
        ("title\nt,a\n1,2\n", None, (2,), 1),
        ("one\ntwo\n\nt,a\n1,2\n", None, (4,), 2),
        ("station,7\nt,a\n1,2\n", 2, (2,), 1),
        ("t,a\nday,m\n1,2\n", (1, 2), (1, 2), 0),
        ("title\nt,a\nday,m\n1,2\n", (2, 3), (2, 3), 1),
        ("1,2\n3,4\n", 0, (), 0),
        ("1,2\n3,4\n", 1, (1,), 0),
        ("# t,a\n1,2\n", 1, (1,), 0),
    ],
)
def test_header(text, header, named, passed):
    table = look("t.csv", text.encode(), header=header)
    assert table.header == named
    assert sum("passed over" in remark for remark in table.remarks) == passed
    assert rows(table)[-1] == text.split("\n")[-2].split(",")


def test_rows_keep_the_numbers_that_an_editor_shows():
    table = look("t.csv", b'title\r\n# note\r\n\r\nt,"a\r\nb"\r\n1,2\r\n,\r\n3,4\r\n')
    assert [number for number, _ in table.rows] == [6, 8] and table.header == (4,)
    assert sum("empty cells alone, 1 of them" in remark for remark in table.remarks) == 1


def test_a_header_without_rows_is_refused():
    with pytest.raises(ValueError, match=r"t.csv has no row of values below row 2"):
        look("t.csv", b"t,a\n1,2\n", header=2)


def test_a_unit_without_a_name_is_refused():
    with pytest.raises(ValueError, match=r"t.csv, row 2, column 3: a unit without a name in row 1"):
        look("t.csv", b"t,a\n,m,s\n1,2\n", header=(1, 2))


def test_long_comments_do_not_hide_the_table():
    assert look("t.csv", b"# a, b, c\n" * 2000 + b"t;a\n1;2\n").delimiter == ";"


def test_what_is_packed_is_unpacked():
    assert unpacked("t.csv", b"t,a\n") == b"t,a\n"
    with pytest.raises(ValueError, match=r"old Excel workbook"):
        unpacked("t.xls", b"\xd0\xcf\x11\xe0 and so on")
