"""Where an answer differs, in words: a sentence of the general looks is true of the numbers that meet it."""

import numpy as np
import pytest

from rnn_course.exercises.comparison import difference

SHAPES = [(4, 5, 3), (3, 6, 2)]
WANTED = [np.random.default_rng(k).normal(size=shape) for k, shape in enumerate(SHAPES)]


def said(change, wanted=WANTED):
    return difference([{"": change(w)} for w in wanted], [{"": w} for w in wanted], [{"x": w} for w in wanted])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda w: np.swapaxes(w, 1, 2), "The numbers are right: axes 1 and 2 have changed places."),
        (lambda w: np.concatenate([w, w], axis=1), "It begins with the right result and goes on along axis 1"),
        (lambda w: np.concatenate([w[:2], w]), "It ends with the right result along axis 0: what comes before"),
        (lambda w: w[:, :-2], "It is the beginning of the right result: its last entries along axis 1 are missing."),
        (lambda w: w[:, 2:], "It is the end of the right result: its first entries along axis 1 are missing."),
        (lambda w: w[:, :-1], "It is the right result without its last entry along axis 1."),
        (lambda w: w[[1, 0, *range(2, len(w))]], "The numbers are right, in another order along axis 0."),
        (lambda w: w[::-1], "The numbers are right, in the reverse order along axis 0."),
        (lambda w: w[:, :0], "is wanted."),
        (lambda w: np.round(w, 2), "The numbers are right, but rounded to 2 digits behind the point."),
        (lambda w: w.astype(int).astype(float), "The numbers are right, but cut to whole ones, as by int."),
        (lambda w: np.where(w > 1, np.nan, w), "places. All the other numbers are right."),
        (lambda w: np.where(w > 1, np.nan, 2 * w), "places: 0 · NaN is NaN, and so is 0 / 0."),
    ],
)
def test_where_the_right_numbers_stand_is_told(change, sentence):
    assert sentence in said(change)


def test_axes_that_changed_places_are_told_where_the_shape_cannot_tell():
    square = [np.random.default_rng(k).normal(size=(3, 3)) for k in range(2)]
    assert said(np.transpose, square) == "The numbers are right, but axes 0 and 1 have changed places."


def test_numbers_that_are_not_the_wanted_ones_are_not_told_to_be_in_another_order():
    assert "are not" in said(lambda w: w[::-1] + 0.1 * (np.arange(w.size).reshape(w.shape) % 7))


def test_a_function_of_numbers_is_told_where_it_is_wrong():
    got, wanted = ([{"": np.float64(v)} for v in values] for values in ((6, 7, 1.25), (6, 9, 2)))
    given = [{"a": 2, "b": 3}, {"a": 3, "b": 3}, {"a": 2, "b": 1.0}]
    assert difference(got, wanted, given) == "With a=3, b=3 your function gives 7, wanted is 9."
