"""Pairs of strings: there and back as text, cut by indices, and what is refused."""

import numpy as np
import pytest

from rnn_course.data import Pairs
from rnn_course.data.pairs import as_ids, as_texts

READ, WRITTEN = ["abc", "b", "ca"], ["CCB", "A", "BBBB"]


def made():
    return Pairs.of(READ, WRITTEN, "\nabc", "\nABC")


def test_there_and_back():
    pairs = made()
    assert pairs.texts() == list(zip(READ, WRITTEN, strict=True))
    assert pairs.x.tolist() == [[1, 2, 3], [2, 0, 0], [3, 1, 0]]
    assert pairs.y.tolist() == [[3, 3, 2, 0, 0], [1, 0, 0, 0, 0], [2, 2, 2, 2, 0]]
    assert pairs.lengths.tolist() == [3, 1, 2]
    assert pairs.y_lengths.tolist() == [4, 2, 5]
    assert as_texts(pairs.x, "\nabc") == READ


def test_parts():
    pairs = made()
    assert len(pairs) == 3
    assert pairs[1:].texts() == pairs.texts()[1:]
    assert pairs[np.array([2, 0])].texts() == [pairs.texts()[2], pairs.texts()[0]]
    with pytest.raises(TypeError, match="not by 1"):
        pairs[1]


def test_what_it_says():
    assert repr(made()) == (
        "Pairs: pairs 3; read 1 to 3 symbols of 3; written 1 to 4 symbols of 3; the first 'abc' → 'CCB'"
    )
    assert "<table" in made()._repr_html_()


@pytest.mark.parametrize(
    "change, error, sentence",
    [
        ({"x": np.ones((3, 3))}, TypeError, "x has dtype float64, it must be whole numbers"),
        ({"x": np.full((3, 3), 4)}, ValueError, "x goes from 4 to 4, it must lie in 0 to 3"),
        ({"x": np.ones((3, 3), int)}, ValueError, "x is not 0 beyond lengths"),
        ({"lengths": np.array([3, 0, 2])}, ValueError, "lengths goes from 0 to 3, it must lie in 1 to 3"),
        ({"lengths": np.array([3, 1])}, ValueError, r"lengths has shape \(2,\), wanted \(n=3\)"),
        ({"y": np.ones((2, 5), int), "y_lengths": np.array([5, 5])}, ValueError, "x has 3 rows, y has 2"),
        ({"y_lengths": np.array([3, 2, 5])}, ValueError, "y does not end with 0"),
        ({"symbols_x": "abc\n"}, ValueError, "symbols_x is 'abc\\\\n', it must be different symbols, the first"),
        ({"symbols_y": "\nAAB"}, ValueError, "symbols_y is"),
        ({"symbols_y": 4}, TypeError, "symbols_y is a int, it must be text"),
    ],
)
def test_what_does_not_fit_is_refused(change, error, sentence):
    with pytest.raises(error, match=sentence):
        Pairs(**vars(made()) | change)


@pytest.mark.parametrize(
    "strings, error, sentence",
    [
        ("abc", TypeError, "read must be a list of texts"),
        (["a", 3], TypeError, "read must be a list of texts"),
        ([], ValueError, "read must hold at least one text"),
        (["a", ""], ValueError, "none that is empty"),
        (["ab", "ax"], ValueError, "read has 'x' in 'ax', which is none of the symbols"),
    ],
)
def test_strings_that_cannot_be_read_are_refused(strings, error, sentence):
    with pytest.raises(error, match=sentence):
        as_ids("read", strings, "\nabc")


def test_as_many_are_written_as_are_read():
    with pytest.raises(ValueError, match="read has 1 strings, written has 2"):
        Pairs.of(["a"], ["a", "b"], "\nab", "\nab")
