"""Judging numbers and functions: kind words for stubs and odd answers."""

from verdicts import refused

from rnn_course.exercises.verdict import NOTHING_YET, Mistake, judge_function, judge_number


def test_stubs_and_odd_answers_are_answered_kindly():
    refused(judge_number(..., 1), NOTHING_YET)
    refused(judge_number("two", 1), "Your answer is a str, a single number is wanted")
    refused(judge_number(3, 2), "3 is too large")
    refused(judge_number(1, 2, [Mistake("Count from one.", 1)]), "Count from one.")
    refused(judge_function(5, abs, [(1,)]), "A function is wanted, got 5")
