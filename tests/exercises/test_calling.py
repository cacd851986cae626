"""A function is called with fresh arguments, and what goes wrong there is told by its line."""

import numpy as np
import pytest

from rnn_course.exercises.calling import call, line_of, said
from rnn_course.exercises.returned import NOTHING_YET, Unusable

X, W = np.arange(6.0).reshape(2, 3), {"W_x": np.ones((4, 3)), "b": np.full(4, 0.5)}


def test_every_call_gets_arguments_of_its_own():
    def spoils(x, W):
        W["b"] += 1
        x[:] = 0
        return x + W["b"][0]

    given = {"x": X.copy(), "W": {name: value.copy() for name, value in W.items()}}
    for _ in range(2):
        parts, written = call(spoils, given)
        np.testing.assert_array_equal(parts[""], np.full((2, 3), 1.5))
        assert written == ("x", "W")
    np.testing.assert_array_equal(given["x"], X)
    np.testing.assert_array_equal(given["W"]["b"], W["b"])


def test_the_results_have_the_names_that_were_asked_for():
    parts, written = call(lambda x, W: (x.sum(axis=0), x @ W["W_x"].T), {"x": X, "W": W}, ("total", "a"))
    np.testing.assert_array_equal(parts["total"], X.sum(axis=0))
    np.testing.assert_array_equal(parts["a"], X @ W["W_x"].T)
    assert written == ()


def stops(x):
    return x.reshape(7)


def leaves(x):
    raise SystemExit(3)


def unfinished(x):
    return x + ...


def silent(x):
    x.sum()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (..., NOTHING_YET),
        (None, NOTHING_YET),
        (lambda x: ..., NOTHING_YET),
        (3, "A function is wanted, got 3."),
        (stops, "The line is `return x.reshape(7)`. It was given x (2, 3)."),
        (leaves, "Your function raised SystemExit: 3."),
        (unfinished, "There is still a `...` in your function."),
        (silent, "Your function returned None: is its `return` missing?"),
    ],
)
def test_what_cannot_be_called_or_read_is_told(answer, sentence):
    with pytest.raises(Unusable) as told:
        call(answer, {"x": X})
    assert sentence in str(told.value)


def test_an_interrupt_is_no_answer():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupted, {"x": X})


def test_an_error_is_said_with_its_type_and_its_line():
    try:
        stops(X)
    except ValueError as error:
        assert line_of(stops, error) == "return x.reshape(7)"
        assert said(error).startswith("ValueError: cannot reshape")
    assert said(KeyError()) == "KeyError"
