"""The HTML table: its parts as a parser of XML reads them, and nothing of the text read as markup."""

from xml.etree import ElementTree

from rnn_course.data import Series
from rnn_course.tables import html_table


def test_a_table_holds_what_it_was_given_and_escapes_it():
    html = html_table([("a<b", "1", "&"), ("c", "<i>", '"')], ("n", "x<", "y"), "R&D", ["<note>", "two"], "left")
    table, *notes = ElementTree.fromstring(f"<all>{html}</all>")
    assert [part.tag for part in table] == ["caption", "thead", "tbody"] and table[0].text == "R&D"
    assert [(cell.tag, cell.get("scope"), cell.text) for cell in table[1][0]] == [
        ("th", "col", t) for t in ("n", "x<", "y")
    ]
    rows = [[(cell.tag, cell.get("scope"), cell.text) for cell in row] for row in table[2]]
    assert rows[0] == [("th", "row", "a<b"), ("td", None, "1"), ("td", None, "&")]
    assert [text for _, _, text in rows[1]] == ["c", "<i>", '"']
    assert {cell.get("style") for row in table[2] for cell in row} == {"text-align: left"}
    assert [note.text for note in notes] == ["<note>", "two"]


def test_what_is_not_given_is_not_there():
    table = ElementTree.fromstring(html_table({"name": "text"}.items()))
    assert [part.tag for part in table] == ["tbody"] and "style" not in html_table([("a", "b")])


def test_numbers_are_names_and_cells_too():
    table = html_table([(0, 1.5), ("a", "b")])
    assert '<th scope="row">0</th><td>1.5</td>' in table
    series = Series("s", [[1.0, 2.0]], [0], (0, 1), ("", ""))
    assert '<th scope="row">1</th>' in series._repr_html_()
