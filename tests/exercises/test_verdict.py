"""Judging numbers and labels: right in any form, known mistakes by their sentence, kind words for stubs."""

import html
import math
import re

import numpy as np
import pytest
import torch
from markdown_it import MarkdownIt
from verdicts import accepted, refused

from rnn_course.exercises.verdict import NOTHING_YET, Verdict, judge_labels, judge_number


@pytest.mark.parametrize(
    "answer",
    [2, 2.0, np.float32(2), np.array([[2]]), np.uint8(2), [2], torch.tensor(2.0, requires_grad=True), 2 + 1e-9],
)
def test_a_right_number_passes_in_any_form(answer):
    accepted(judge_number(answer, 2))


def test_numbers_that_are_wrong():
    refused(judge_number(3, 2), "3 is too large")
    refused(judge_number(-3, 2), "-3 is too small")
    refused(judge_number(1, 2, {"Count from one.": 1, "Count from two.": 0}), "Count from one.")
    refused(judge_number(0, 2, {"Count from one.": 1, "Count from two.": 0}), "Count from two.")
    refused(judge_number(1e9, 1e9 + 1e5), "too small")
    accepted(judge_number(1e9, 1e9 + 1e2))
    refused(judge_number(2.05, 2, tolerance=0.01), "2.05 is too large")
    accepted(judge_number(2.05, 2, tolerance=0.1))
    refused(judge_number(float("nan"), 2), "is not a number (NaN)")
    refused(judge_number(float("inf"), 2), "inf is too large")
    refused(judge_number(0.02, 2, {"Hand in percent.": 0.02}), "Hand in percent.")
    refused(judge_number(1, 2, {"Count from one.": 0}, otherwise=lambda value: f"{value:g} is odd."), "1 is odd.")


def test_infinity_is_a_number_that_only_infinity_is_near_to():
    accepted(judge_number(math.inf, math.inf))
    refused(judge_number(-math.inf, math.inf), "-inf is too small")
    refused(judge_number(7, math.inf), "7 is too small")
    refused(judge_number(7, 2, {"Nothing is divided by zero here.": math.inf}), "7 is too large")
    refused(judge_number(math.inf, 2, {"Nothing is divided by zero here.": math.inf}), "Nothing is divided")


ODD = {
    "Your answer is a str, a single number is wanted.": "two",
    "Your answer is a function, a single number is wanted.": lambda: 2,
    "Your answer has shape (2,), a single number is wanted.": [1, 2],
    "Your answer has shape (0,), a single number is wanted.": [],
    "Your answer is complex, real numbers are wanted.": 2 + 0j,
    "Your answer is a masked array": np.ma.array([2.0]),
    "Your answer is a dict of dtype object": {"a": 2},
    "Your answer is a list whose rows differ in shape": [[1], [2, 3]],
}


@pytest.mark.parametrize("sentence", ODD)
def test_what_is_no_number_is_told(sentence):
    verdict = judge_number(ODD[sentence], 2)
    refused(verdict, sentence)
    assert verdict.message.startswith(sentence)


@pytest.mark.parametrize("stub", [..., None, [...]])
def test_stubs_are_nothing_yet(stub):
    assert judge_number(stub, 2) == Verdict(False, NOTHING_YET)


RIGHT = {"A": "up", "B": "down"}
HINTS = {("A", "down"): "it falls.", "A": "look at its end.", "B": "look at its start."}


def labels(answer):
    return judge_labels(answer, RIGHT, ("up", "down", "level"), HINTS, "A rises, B falls.")


def test_labels():
    assert labels(RIGHT) == Verdict(True, "A rises, B falls.")
    assert labels({"B": "down", "A": "up"}).passed
    refused(labels(RIGHT | {"A": "down"}), "Look at A again: it falls.")
    refused(labels(RIGHT | {"A": "level"}), "Look at A again: look at its end.")
    refused(labels({"A": "up", "B": "up"}), "Look at B again: look at its start.")
    refused(labels(RIGHT | {"B": "Down"}), "B: 'Down' is none of 'up', 'down', 'level'.")
    refused(labels(RIGHT | {"B": ["down"]}), "B: ['down'] is none of 'up', 'down', 'level'.")
    refused(labels({"A": "up"}), "Say something about each of A, B; you wrote of A.")
    refused(labels(RIGHT | {3: "up"}), "you wrote of A, B, 3.")
    refused(labels({}), "you wrote of none.")
    refused(labels(["up", "down"]), "Your answer is a list, a dict with the keys A, B is wanted.")
    refused(labels("up"), "Your answer is a str, a dict with the keys A, B is wanted.")
    for stub in (..., None, RIGHT | {"B": ...}, {"A": ..., "B": ...}):
        assert labels(stub) == Verdict(False, NOTHING_YET)


def test_a_verdict_reads_alike_in_text_and_in_markdown():
    assert repr(Verdict(True, "So it is.")) == "Right. So it is."
    assert Verdict(False, "Almost.")._repr_markdown_() == "✏️ **Not yet.** Almost."
    assert Verdict(True, "So it is.")._repr_markdown_() == "✅ **Right.** So it is."


def test_a_message_is_shown_as_it_was_written():
    """Through a Markdown reader: nothing of an error's text turns into markup, and code stays code."""
    raised = "Your function raised TypeError: <lambda>() or __init__() got *args, [1](2). The line is `a * <b> * c_d`."
    shown = MarkdownIt().render(Verdict(False, raised + "\n- b_f is missing in f_t.")._repr_markdown_())
    assert shown.count("<strong>") == 1 and shown.count("<li>") == 1 and "<em>" not in shown and "<a" not in shown
    shown = shown.replace("<code>", "`").replace("</code>", "`")
    text = html.unescape(re.sub("<[^<>]+>", "", shown))
    assert text.split("Not yet. ")[1].startswith(raised)
