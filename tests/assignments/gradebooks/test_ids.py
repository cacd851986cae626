"""Ids name folders on every system, or are refused with a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.assignments.gradebooks import ids


@pytest.mark.parametrize("id", ["7", "007", "a.b", "müller", "李", "x" * 100, "com10", "console", "a b"])
def test_a_name_of_a_folder_stays_as_it_is(id):
    assert ids.folder_name("id", id) == id


BAD_SIGNS = ["a/b", "a\\b", "../a", "C:", "a\0", "a\n", "\x7f", "a\u202eb", "a*", "a?", 'a"', "a|b", "<a>"]
RESERVED = ["con", "CON", "nul.txt", "Com1", "lpt9.ipynb", "com¹"]


@pytest.mark.parametrize("id", ["", ".", "..", ".a", "a.", " a", "a ", "x" * 101, *BAD_SIGNS, *RESERVED])
def test_another_is_refused_by_name(id):
    with pytest.raises(ValueError, match=r"^the id is .* (must|may)"):
        ids.folder_name("the id", id)


@given(id=st.text(max_size=30))
@settings(deadline=None)  # files are written
def test_what_is_let_through_is_one_folder_below(tmp_path_factory, id):
    try:
        ids.folder_name("id", id)
    except ValueError:
        return
    base = tmp_path_factory.mktemp("ids")
    (base / id).mkdir()
    assert [path.name for path in base.iterdir()] == [id]


def test_what_is_one_folder_on_some_systems_is_the_same():
    assert ids.same("Ann") == ids.same("aNN")
    assert ids.same("é") == ids.same("e\u0301") == ids.same("É")
    assert ids.same("7") != ids.same("07")


@pytest.mark.parametrize(
    ("found", "known", "meant"),
    [
        (["7", "12"], ["007", "12"], {"7": "007"}),
        (["7"], ["007", "7"], {}),
        (["7"], ["007", "07"], {}),
        (["7", "007"], ["007"], {}),
        (["07"], ["007"], {}),
        (["a7", "0"], ["a07", "000"], {}),
        (["7"], ["8"], {}),
    ],
)
def test_zeros_that_a_spreadsheet_took_away_are_found_where_there_is_no_doubt(found, known, meant):
    assert ids.meant(found, known) == dict(zip(found, found, strict=True)) | meant
