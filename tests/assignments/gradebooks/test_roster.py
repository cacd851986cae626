"""A class is read from an export: nothing shifts, nothing is lost, ids are text."""

import platform_exports as made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.assignments.gradebooks import canvas, export, folder, moodle, roster

NAME = st.text(st.sampled_from("aÄß,;\"' _李="), max_size=8)


def read(path, platform=folder, assignment="hw"):
    return roster.of(export.read(path), platform, assignment)


@given(names=st.dictionaries(st.from_regex(r"[0-9]{1,8}", fullmatch=True), NAME, min_size=1, max_size=6))
@settings(deadline=None)  # files are written
def test_names_and_ids_go_round_through_moodles_worksheet(tmp_path_factory, names):
    path = tmp_path_factory.mktemp("roster") / "m.csv"
    made.worksheet(path, [(id, name, "", "", "100.00", "Yes", "-") for id, name in names.items()])
    assert {id: student.name for id, student in read(path, moodle).items()} == names
    assert list(read(path, moodle)) == list(names)


@pytest.mark.parametrize("encoding", ["utf8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_list_is_read_however_it_was_saved(tmp_path, encoding, mark):
    text = f'ID{mark}Name\r\n007{mark}"Müller{mark} ""Ann"""\r\n7{mark}Öz\r\n\r\n'
    (tmp_path / "r.csv").write_bytes(text.encode(encoding))
    assert [(s.id, s.name, s.row) for s in read(tmp_path / "r.csv").values()] == [
        ("007", f'Müller{mark} "Ann"', 1),
        ("7", "Öz", 2),
    ]


def test_two_people_may_have_one_name(tmp_path):
    (tmp_path / "r.csv").write_text("id,name\n1,Ann\n2,Ann\n")
    assert list(read(tmp_path / "r.csv")) == ["1", "2"]


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("id,name\n7,a\n8,b\n7,c\n", "twice, each must be there once: 7 in row 2, 7 in row 4"),
        ("id,name\nann,a\nAnn,b\n", "ann in row 2, Ann in row 3"),
        ("id,name\n7,a,b\n", "has 3 cells in row 2, its header has 2"),
        ("id,name\n7\n", "has 1 cells in row 2"),
        ("id,name\n../x,a\n", r"the id in row 2 of r\.csv is '\.\./x'"),
        ("id,name\n,a\n", "the id in row 2 of r.csv is empty"),
        ("nr,name\n7,a\n", "has the columns nr, name, it must have one of id"),
        ("id,name\n", "has no student in it"),
    ],
)
def test_what_would_go_wrong_is_refused_with_a_sentence(tmp_path, text, sentence):
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(ValueError, match=sentence):
        read(tmp_path / "r.csv")


def test_a_row_of_canvas_that_has_shifted_is_refused(tmp_path):
    path = made.canvas(tmp_path / "c.csv", [*made.CANVAS, "Moore, Al,13,010,al,Monday,1,2,3"])
    with pytest.raises(ValueError, match="9 cells in row 8"):
        read(path, canvas)
