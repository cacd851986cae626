"""Answers in a file: one row an answer, an earlier one replaced, and what is no such table refused."""

import datetime
import re

import pytest

from rnn_course.questions import answers, bank, every_question

HEADER = "key,concept,option,right,when,which\n"
ONE, TWO, *_ = bank.questions("bptt")


def wrong(question):
    return next(option for option in question.options if not option.right)


def test_an_answer_is_a_row_and_comes_back_as_it_was(tmp_path):
    path = tmp_path / "mine.csv"
    answers.note(path, ONE, ONE.answer, "before")
    answers.note(path, TWO, wrong(TWO), "after")
    first, second = answers.read(path)
    assert first[:4] == (ONE.key, ONE.concept, "right", True) and first.which == "before"
    assert second[:4] == (TWO.key, TWO.concept, wrong(TWO).misconception, False) and second.which == "after"
    age = datetime.datetime.now() - datetime.datetime.fromisoformat(first.when)
    assert datetime.timedelta() <= age < datetime.timedelta(minutes=5)
    lines = path.read_text("utf8").splitlines()
    assert lines[0] + "\n" == HEADER and lines[1].startswith(f"{ONE.key},{ONE.concept},right,yes,")


def test_every_option_of_every_question_comes_back(tmp_path):
    path = tmp_path / "mine.csv"
    for question in list(every_question().values())[::5]:
        for option in question.options:
            answers.note(path, question, option, "after")
            assert answers.read(path)[-1].option == option.name
            assert question.named(answers.read(path)[-1].option) is option


def test_an_answer_takes_the_place_of_an_earlier_one_of_its_round(tmp_path):
    path = tmp_path / "mine.csv"
    for option, which in ((wrong(ONE), "before"), (ONE.answer, "after"), (ONE.answer, "before")):
        answers.note(path, ONE, option, which)
    assert [(a.which, a.right) for a in answers.read(path)] == [("after", True), ("before", True)]
    answers.note(path, ONE, None, "before")
    assert [a.which for a in answers.read(path)] == ["after"]


def test_without_a_file_there_are_no_answers_and_reading_makes_none(tmp_path):
    assert answers.read(tmp_path / "mine.csv") == [] and not any(tmp_path.iterdir())


def test_a_spreadsheets_mark_and_line_ends_are_read(tmp_path):
    path = tmp_path / "mine.csv"
    row = 'k,state,"a, ""b""",no,2026-01-01T10:00:00,before'
    path.write_bytes(("\ufeff" + HEADER + row + "\n\n").replace("\n", "\r\n").encode())
    assert answers.read(path) == [("k", "state", 'a, "b"', False, "2026-01-01T10:00:00", "before")]


@pytest.mark.parametrize(
    "text, said",
    [
        (b"", "must begin with the row key,concept"),
        (b"key;concept\n", "must begin with the row key,concept"),
        (HEADER.encode() + b"k,state,right,yes,now\n", "row 2 has 5 cells, it must have 6"),
        (HEADER.encode() + b"k,state,right,maybe,now,before\n", "row 2: right is 'maybe', it must be yes or no"),
        (
            HEADER.encode() + b"k,state,right,yes,now,then\n",
            "row 2: which is 'then', it must be before or after",
        ),
        (b"\xff\xfe\x00", "no text in UTF-8"),
    ],
)
def test_what_is_no_table_of_answers_is_refused_and_left_alone(tmp_path, text, said):
    path = tmp_path / "mine.csv"
    path.write_bytes(text)
    for door in (lambda: answers.read(path), lambda: answers.note(path, ONE, ONE.answer, "before")):
        with pytest.raises(ValueError, match=re.escape(said)) as caught:
            door()
        assert str(path) in str(caught.value)
    assert path.read_bytes() == text


def test_a_round_that_is_none_is_named(tmp_path):
    with pytest.raises(ValueError, match="which is 'then', it must be one of 'before', 'after'"):
        answers.note(tmp_path / "mine.csv", ONE, ONE.answer, "then")
    assert not any(tmp_path.iterdir())
