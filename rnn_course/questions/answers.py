"""Answers to the questions, in a file of the learner's own: a table, one row an answer. Nothing is sent anywhere.

key       of the question
concept   that it asks for
option    what was chosen: `right`, or the misconception
right     yes or no
when      date and time, as ISO 8601 has them
which     before or after the course
"""

import csv
import datetime
import io
from typing import NamedTuple

from rnn_course import files, validate

NAME = "answers.csv"
WHICH = ("before", "after")


class Answer(NamedTuple):
    """A row of the table."""

    key: str
    concept: str
    option: str
    right: bool
    when: str
    which: str


def read(path):
    """The answers in a file, a list of Answer; none if there is no file.

    Raises ValueError, with a sentence that names file and row, where it is no such table.
    """
    try:
        rows = list(csv.reader(io.StringIO(validate.path("path", path).read_text("utf-8-sig"), newline="")))
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text in UTF-8, it cannot be read as answers") from None
    if not rows or tuple(rows[0]) != Answer._fields:
        raise ValueError(f"{path} must begin with the row {','.join(Answer._fields)}")
    return [_answer(row, f"{path}, row {number}") for number, row in enumerate(rows[1:], 2) if row]


def note(path, question, option, which):
    """Keep an answer in a file, in the place of an earlier one to the same question; None for an option removes it.

    question: a Question. option: one of its options. which: before or after the course. Raises OSError where the file
    cannot be written, ValueError if it is no such table.
    """
    validate.one_of("which", which, WHICH)
    with files.locked(path):
        kept = [answer for answer in read(path) if (answer.key, answer.which) != (question.key, which)]
        if option is not None:
            when = datetime.datetime.now().isoformat(timespec="seconds")
            kept.append(Answer(question.key, question.concept, option.name, option.right, when, which))
        files.write(path, _as_table(kept))


def _answer(row, place):
    if len(row) != len(Answer._fields):
        raise ValueError(f"{place} has {len(row)} cells, it must have {len(Answer._fields)}")
    answer = Answer(*row)
    if answer.right not in ("yes", "no"):
        raise ValueError(f"{place}: right is {answer.right!r}, it must be yes or no")
    if answer.which not in WHICH:
        raise ValueError(f"{place}: which is {answer.which!r}, it must be {' or '.join(WHICH)}")
    return answer._replace(right=answer.right == "yes")


def _as_table(answers):
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(Answer._fields)
    table.writerows(answer._replace(right="yes" if answer.right else "no") for answer in answers)
    return text.getvalue()
