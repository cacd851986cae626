"""Judging numbers and labels: right in any form, known mistakes by their sentence, kind words for stubs."""

import html
import math
import re

import numpy as np
import pytest
import torch
from verdicts import accepted, refused

from rnn_course import lab
from rnn_course.exercises.verdict import NOTHING_YET, Verdict, check, judge_labels, judge_number


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


def test_right_wrong_and_not_attempted_differ_in_word_sign_colour_and_line():
    verdicts = [Verdict(True, "So it is."), Verdict(False, "Almost."), Verdict(False, NOTHING_YET)]
    assert [repr(v) for v in verdicts[:2]] == ["Right. So it is.", "Not yet. Almost."]
    assert repr(verdicts[2]) == f"Not attempted. {NOTHING_YET}"
    for differing in zip(*(verdict.look for verdict in verdicts), strict=True):
        assert len(set(differing)) == 3


def test_a_verdict_is_shown_in_text_as_in_html():
    for verdict in (Verdict(True, "So it is."), Verdict(False, "Almost."), Verdict(False, NOTHING_YET)):
        shown = verdict._repr_mimebundle_()
        assert shown["text/plain"] == repr(verdict)
        plain = html.unescape(re.sub("<[^<>]+>", "", shown["text/html"].replace("<code>", "`").replace("</code>", "`")))
        assert plain == repr(verdict)


def test_a_check_says_its_name_and_keeps_its_own():
    @check
    def doubled(answer, wanted=4):
        """A Verdict on twice two."""
        return judge_number(answer, wanted)

    assert (doubled(4).check, doubled(5).check, doubled(3, wanted=3).passed) == ("doubled", "doubled", True)
    assert doubled.__doc__ == "A Verdict on twice two." and doubled(4) == judge_number(4, 4)


def test_only_a_right_answer_that_is_shown_is_noted(monkeypatch):
    noted = []
    monkeypatch.setattr(lab, "note", noted.append)
    for passed, name in ((True, "windows"), (False, "scaling"), (True, "")):
        verdict = Verdict(passed, "So.", name)
        repr(verdict)
        assert noted == []
        verdict._repr_mimebundle_()
        assert noted == ["windows"] * (name == "windows")
        noted.clear()


def test_what_could_not_be_noted_is_said(monkeypatch):
    monkeypatch.setattr(lab, "note", lambda name: "This could not be noted: no room.")
    shown = Verdict(True, "So it is.", "windows")._repr_mimebundle_()
    assert shown["text/plain"] == "Right. So it is. This could not be noted: no room."
    assert "This could not be noted: no room." in shown["text/html"]
