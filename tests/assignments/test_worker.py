"""What a submission's cells find in the process that runs them; that it runs in a box is tried in test_running.py."""

import sys

import numpy as np
import pytest

from rnn_course.assignments.worker import Nothing, Shell, Stubs, Submission


@pytest.fixture
def submission(monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    return Submission()


def test_a_value_and_a_function_are_read_by_their_names(submission):
    submission.cell("k = [1, 2]\ndef f(x, y):\n    return x * y")
    np.testing.assert_array_equal(submission.call("k", None, ("",), False)["results"][""], [1, 2])
    given = {"x": np.arange(3.0), "y": 2.0}
    np.testing.assert_array_equal(submission.call("f", given, ("",), False)["results"][""], [0, 2, 4])
    assert submission.call("g", {}, ("",), False) == {"absent": True}


def test_an_untouched_answer_says_so(submission):
    submission.cell("def f(x):\n    ...\nk = ...")
    assert "in the place of the `...`" in submission.call("f", {"x": 1.0}, ("",), False)["unusable"]
    assert "in the place of the `...`" in submission.call("k", None, ("",), False)["unusable"]


def test_text_is_cut_and_what_is_no_text_is_blank(submission):
    submission.cell("who = '=x' * 1000\nnumber = 42\nthing = object()")
    assert submission.text("who")["text"] == "=x" * 200
    assert submission.text("number")["text"] == "42"
    assert submission.text("thing")["text"] == submission.text("nobody")["text"] == ""


def test_the_line_of_an_error_is_the_cells_own(submission):
    submission.cell("x = 1")
    answer = submission.cell("import json\n\njson.loads('{')  # here")
    assert answer["line"] == "json.loads('{')  # here" and answer["error"].startswith("JSONDecodeError")


def test_bodies_of_magics_that_time_are_run_and_others_are_not():
    ran = []
    shell = Shell(ran.append)
    shell.run_cell_magic("time", "", "a")
    shell.run_line_magic("timeit", "b")
    shell.run_cell_magic("bash", "", "rm -rf /")
    shell.run_cell_magic("writefile", "x.py", "c")
    shell.run_line_magic("matplotlib", "inline")
    shell.system("ls")
    assert ran == ["a", "b"] and shell.getoutput("ls") == []


def test_a_nothing_takes_whatever_is_done_with_it():
    figure, axes = Nothing()
    axes[0].plot([1])
    axes[1] = 3
    with figure.open("x") as file:
        assert isinstance(file.read(), Nothing)


def test_a_stub_is_found_for_its_packages_alone():
    stubs = Stubs(("matplotlib",))
    assert stubs.find_spec("matplotlib.pyplot") and stubs.find_spec("matplotlib")
    assert stubs.find_spec("matplotlib_inline") is None and stubs.find_spec("numpy") is None
