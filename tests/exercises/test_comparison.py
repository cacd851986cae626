"""Where an answer differs: each sentence is said of what it is true of, and of nothing else."""

import hypothesis
import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import strategies as st

from rnn_course.exercises.comparison import agree, alike, difference

numbers = st.floats(-1e3, 1e3)


def wanted():
    """The right results of two cases, arrays (batch, time, hidden) whose sizes all differ."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in ((2, 4, 3), (5, 3, 6))]


def said(change, right=None):
    right = wanted() if right is None else right
    given = [{"x": np.zeros((len(w), 7 + len(w)))} for w in right]
    return difference([{"": change(w.copy())} for w in right], [{"": w} for w in right], given)


def put(index, value):
    def change(w):
        w[index] = value
        return w

    return change


SENTENCES = {
    "returned shape (4, 2, 3), (2, 4, 3) is wanted. The numbers are right: only the axes": lambda w: w.reshape(
        w.shape[1], w.shape[0], -1
    ),
    "returned shape (3, 4, 2), (2, 4, 3) is wanted. The numbers are right: it is the transpose.": lambda w: w.T,
    "(2, 3), (2, 4, 3) is wanted. It is the right result summed over axis 1.": lambda w: w.sum(1),
    "(1, 4, 3), (2, 4, 3) is wanted. It is the mean of the right result over axis 0.": lambda w: w.mean(
        0, keepdims=True
    ),
    "It is the last entry of the right result along axis 1: all are wanted.": lambda w: w[:, -1],
    "It is the first entry of the right result along axis 0: all are wanted.": lambda w: w[0],
    "(2, 3, 3), (2, 4, 3) is wanted. It is the right result without its last entry along axis 1.": lambda w: w[:, :-1],
    "It is the right result without its first entry along axis 2.": lambda w: w[..., 1:],
    "returned shape (7,), (2, 4, 3) is wanted.": lambda w: np.ones(7),
    "returned shape (2, 0, 3), (2, 4, 3) is wanted.": lambda w: w[:, :0],
    "Summed over its axis 0, it is right.": lambda w: np.stack([w / 3, w / 3, w / 3]),
    "Averaged over its axis 1, it is right.": lambda w: np.stack([w + 1, w, w - 1], axis=1),
    "Its last entry along axis 0 is right: that alone is wanted.": lambda w: np.stack([0 * w + 9, 2 * w, w]),
    "Its first entry along axis 3 is right: that alone is wanted.": lambda w: np.stack([w, 2 * w], axis=3),
    "NaN, in 2 places": put((0, 0, 0), np.nan),
    "not finite, in 2 places": put((0, 0, 0), np.inf),
    "agree to five digits or more but not to nine": lambda w: w * (1 + 1e-6),
    "Every number has the wrong sign.": lambda w: -w,
    "Every number is the right one divided by the length of axis 0 of `x`: a mean, not a sum.": lambda w: w / len(w),
    "Every number is the right one times the length of axis 0 of `x`.": lambda w: w * len(w),
    "divided by the length of axis 1 of `x`": lambda w: w / (7 + len(w)),
    "Every number is 2 times what is wanted.": lambda w: 2 * w,
    "Every number is 0.5 times what is wanted.": lambda w: w / 2,
    "Every number is too large by 0.25.": lambda w: w + 0.25,
    "Every number is too small by 0.25.": lambda w: w - 0.25,
    "in the reverse order along axis 1.": lambda w: w[:, ::-1],
    "stand one place too late along axis 1.": lambda w: np.roll(w, 1, axis=1),
    "stand one place too early along axis 2.": lambda w: np.roll(w, -1, axis=2),
    "Along axis 1 the first entry is right, all that come after it are not.": put((slice(None), slice(1, None)), 9.0),
    "Along axis 1 only the first entry is wrong.": put((slice(None), 0), 9.0),
    "Along axis 0 the last entry is right, all that come before it are not.": put(slice(None, -1), 9.0),
    "Along axis 2 only the last entry is wrong.": put((..., -1), 9.0),
    "numbers are not: 57 of 114 agree": lambda w: np.where(np.arange(w.size).reshape(w.shape) % 2, w, w + 9),
    "The shape is right, the numbers are not: they differ by up to": lambda w: w**2 + 3,
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_how_results_differ_is_said(sentence):
    assert sentence in said(SENTENCES[sentence])


def test_several_results_are_spoken_of_by_name():
    right = [{"h_t": w, "C_t": w + 1, "o_t": w**2} for w in wanted()]
    given = [{} for _ in right]

    def told(change):
        return difference([change(dict(parts)) for parts in right], right, given)

    assert told(lambda p: p | {"C_t": -p["C_t"]}) == (
        "Right: `h_t`, `o_t`. Not yet: `C_t`. About `C_t`: Every number has the wrong sign."
    )
    assert told(lambda p: {n: 2 * v for n, v in p.items()}).startswith("Not yet: `h_t`, `C_t`, `o_t`. About `h_t`")
    assert told(lambda p: p | {"h_t": p["o_t"], "o_t": p["h_t"]}) == "`h_t` and `o_t` have changed places."
    turned = told(lambda p: {"h_t": p["C_t"], "C_t": p["o_t"], "o_t": p["h_t"]})
    assert turned == "The results are right but in another order: you returned C_t, o_t, h_t."


@hypothesis.settings(deadline=None, max_examples=40)
@hypothesis.given(arrays.arrays(np.float64, arrays.array_shapes(max_side=4), elements=numbers), st.data())
def test_alike_is_numpys_allclose_with_the_largest_number_as_the_measure(right, data):
    off = data.draw(st.sampled_from([0.0, 1e-13, 1e-10, 1e-7, 1e-4, 1.0]))
    got = right + off * data.draw(arrays.arrays(np.float64, right.shape, elements=st.floats(-1, 1)))
    size = max(1.0, np.abs(right).max())
    assert alike(got, right) == np.allclose(got, right, rtol=0, atol=1e-9 * size)
    single = got.astype(np.float32)
    assert alike(single, right) == np.allclose(single, right, rtol=0, atol=1e-5 * size)
    assert alike(got, right, 0.5) == np.allclose(got, right, rtol=0, atol=0.5 * size)


def test_how_far_an_answer_may_be_off():
    right = np.array([1.0, 0.5])
    for dtype, bound in ((np.float64, 1e-9), (np.float32, 1e-5)):
        assert alike((right + 0.9 * bound).astype(dtype), right)
        assert not alike((right + 1.1 * bound).astype(dtype), right)
        assert alike((100 * right + 90 * bound).astype(dtype), 100 * right)


def test_what_is_not_finite_is_alike_in_its_place_alone():
    odd = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert alike(odd, odd) and alike(odd.astype(np.float32), odd)
    for k in range(3):
        assert not alike(np.where(np.arange(4) == k, 0.0, odd), odd)
    assert not alike(odd[[0, 2, 1, 3]], odd) and not alike(odd[:3], odd) and alike(odd[:0], odd[:0])


def test_answers_in_float32_are_held_to_float32_and_others_to_float64():
    right = {"h_t": np.array([0.3, 100.0])}
    off = {"h_t": right["h_t"] + 5e-4}
    assert not agree(off, right)
    assert agree({"h_t": off["h_t"].astype(np.float32)}, right)
    assert not agree({"h_t": (right["h_t"] + 5e-3).astype(np.float32)}, right)


def test_what_differs_in_its_last_digits_is_not_taken_for_a_factor():
    assert "Every number is" not in said(lambda w: w * 1.3 + np.random.default_rng(1).normal(size=w.shape) / 1e4)
    assert "divided by" not in said(lambda w: w / 2, [w for w in wanted() if len(w) == 2] * 2)


SHAPES = [(4, 5, 3), (3, 6, 2)]
WANTED = [np.random.default_rng(k).normal(size=shape) for k, shape in enumerate(SHAPES)]


def told(change, wanted=WANTED):
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
    assert sentence in told(change)


def test_axes_that_changed_places_are_told_where_the_shape_cannot_tell():
    square = [np.random.default_rng(k).normal(size=(3, 3)) for k in range(2)]
    assert told(np.transpose, square) == "The numbers are right, but axes 0 and 1 have changed places."


def test_numbers_that_are_not_the_wanted_ones_are_not_told_to_be_in_another_order():
    assert "are not" in told(lambda w: w[::-1] + 0.1 * (np.arange(w.size).reshape(w.shape) % 7))


def test_a_function_of_numbers_is_told_where_it_is_wrong():
    got, wanted = ([{"": np.float64(v)} for v in values] for values in ((6, 7, 1.25), (6, 9, 2)))
    given = [{"a": 2, "b": 3}, {"a": 3, "b": 3}, {"a": 2, "b": 1.0}]
    assert difference(got, wanted, given) == "With a=3, b=3 your function gives 7, wanted is 9."


@pytest.mark.parametrize("right", [WANTED, [np.float64(2.5), np.float64(7)]])
def test_where_every_number_is_nan_none_is_called_right(right):
    assert told(lambda w: w * np.nan, right) == "Your function returned NaN alone: 0 · NaN is NaN, and so is 0 / 0."


@pytest.mark.parametrize("right", [[np.float64(v) for v in (0.9, 1.2, 1.4)], [np.full((2, 3), 1.1), np.full(4, 0.7)]])
def test_one_number_for_all_is_not_taken_for_rounded_ones(right):
    assert told(lambda w: np.ones_like(w), right) == "Every number is 1, in every case."


def test_zeros_of_another_shape_are_not_told_to_be_a_sum():
    right = [w - w.mean(0) for w in WANTED]
    assert told(lambda w: np.zeros(w.shape[1:]), right) == "Your function returned shape (5, 3), (4, 5, 3) is wanted."


def test_an_empty_result_may_be_wanted():
    assert told(np.sum, [np.zeros((0, 3)), np.ones((2, 3))]) == "Your function returned shape (), (0, 3) is wanted."


def test_zeros_are_told_as_what_they_are():
    assert told(lambda w: w - w).startswith("Every number is 0")
    assert "taken from itself" in told(lambda w: w - w)


def test_the_last_entry_is_told_to_be_wrong_where_a_case_has_no_other():
    right = [np.random.default_rng(k).normal(size=(2, time, 3)) for k, time in enumerate((4, 1))]

    def without_last(w):
        return np.where(np.arange(w.shape[1])[:, None] == w.shape[1] - 1, 0, w)

    assert told(without_last, right) == "Along axis 1 only the last entry is wrong. What is not right is 0."
    assert told(without_last, right[1:]).startswith("Every number is 0")


def test_a_reshape_in_the_place_of_a_transpose_is_told():
    said = told(lambda w: np.swapaxes(w, 0, 1).reshape(w.shape))
    assert said == "The numbers are right, but `reshape` mixed them: it does not make axes 0 and 1 change places."
    assert "reshape" not in told(lambda w: np.swapaxes(w, 0, 1).reshape(w.shape) + (w > 1))


def of_steps(got, given):
    """What is said of these answers in the place of the numbers 10, 11 and so on."""
    wanted = [{"": np.arange(10.0, 13)} for _ in given]
    return difference([{"": np.asarray(answer, dtype=float)} for answer in got], wanted, given)


def test_numbers_that_are_off_by_an_argument_are_told_so():
    given = [{"k": 3, "horizon": 2}, {"k": 1, "horizon": 0}]
    right = np.arange(10.0, 13)
    assert of_steps([right + 2, right], given) == "Every number is too large by `horizon`."
    assert of_steps([right - 3, right - 1], given) == "Every number is too small by `k`."
    assert "`" not in of_steps([right - 3, right + 1], given)


def test_what_the_right_cases_have_in_common_is_told():
    given = [{"x": np.zeros((2, 5)), "k": 1}, {"x": np.zeros((2, 1)), "k": 3}, {"x": np.zeros((4, 3)), "k": 0}]
    right, wrong = np.arange(10.0, 13), np.array([1.0, 5, 2])
    told_axis = "Right where axis 1 of `x` has length 1, wrong elsewhere."
    assert of_steps([wrong, right, wrong], given) == told_axis
    assert of_steps([right, wrong, wrong], given) == "Right where `k` is 1, wrong elsewhere."
    assert of_steps([wrong, wrong, right], given) == "Right where `k` is 0, wrong elsewhere."
    mixed = [{"x": np.zeros((2, 1)), "k": 1}, {"x": np.zeros(3), "k": None}, {"x": 4.0, "k": np.zeros(2)}]
    assert of_steps([right, wrong, wrong], mixed) == told_axis
    for cases in (given, mixed):
        assert of_steps([right, right, wrong], cases).startswith("The shape is right, the numbers are not")


def test_what_should_have_stayed_as_it_is_and_was_changed_is_counted():
    rng = np.random.default_rng(0)
    right = rng.normal(size=(2, 6, 2))
    x = right.copy()
    x[:, 2:4] = np.nan

    def of(answer):
        return difference([{"": a} for a in answer], [{"": w} for w in right], [{"x": case} for case in x])

    changed = right.copy()
    changed[0, 2], changed[0, 0], changed[1, 5, 1] = 7, 3, 4
    assert of(changed) == "Numbers of `x` that are to come back as they are: you changed 3 of them."
    filled = np.where(np.isnan(x), 5 + right**2, x)
    assert of(filled).startswith("The shape is right, the numbers are not")
    assert of(filled * (1 + 1e-15)).startswith("The shape is right, the numbers are not")
