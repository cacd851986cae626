"""Judging numbers and labels: kind words for stubs and odd answers."""

import math

import numpy as np
from verdicts import accepted, refused

from rnn_course.exercises.verdict import NOTHING_YET, judge_labels, judge_number


def test_stubs_and_odd_answers_are_answered_kindly():
    refused(judge_number(..., 1), NOTHING_YET)
    refused(judge_number("two", 1), "Your answer is a str, a single number is wanted")
    refused(judge_number([1, 2], 1), "Your answer has shape (2,), a single number is wanted")
    assert judge_number(1 + 0j, 1).message == "Your answer is complex, real numbers are wanted."
    refused(judge_number(np.nan, 1), "not a number (NaN)")
    refused(judge_number(3, 2), "3 is too large")
    refused(judge_number(1, 2, {"Count from one.": 1}), "Count from one.")
    refused(judge_number(1, 2, {"Count from one.": 0}, otherwise=lambda value: f"{value:g} is odd."), "1 is odd.")


def test_infinity_is_a_number_that_only_infinity_is_near_to():
    accepted(judge_number(math.inf, math.inf))
    refused(judge_number(-math.inf, math.inf), "-inf is too small")
    refused(judge_number(7, math.inf), "7 is too small")
    refused(judge_number(7, 2, {"Nothing is divided by zero here.": math.inf}), "7 is too large")
    refused(judge_number(math.inf, 2, {"Nothing is divided by zero here.": math.inf}), "Nothing is divided")


def test_a_hint_may_look_at_what_was_said_or_at_the_letter_alone():
    def judge(answer):
        right, hints = {"A": "x", "B": "y"}, {("A", "y"): "y is later.", "A": "think of x.", "B": "think of y."}
        return judge_labels(answer, right, ("x", "y", "z"), hints, "Both.")

    accepted(judge({"A": "x", "B": "y"}))
    refused(judge({"A": "y", "B": "y"}), "Look at A again: y is later.")
    refused(judge({"A": "z", "B": "y"}), "Look at A again: think of x.")
    refused(judge({"A": "x", "B": "x"}), "Look at B again: think of y.")
    refused(judge({"A": "x", "B": "w"}), "B: 'w' is none of 'x', 'y', 'z'.")
    refused(judge(["x", "y"]), "a dict with the keys A, B is wanted")
