"""Sequences that ship, held against published numbers and scikit-learn's, what a Sequences refuses, and padding."""

import re
from dataclasses import replace

import numpy as np
import pytest
import sklearn.datasets
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn_course.data as data
from rnn_course import missing


def test_japanese_vowels_have_the_published_counts():
    # UCI: 30 training utterances for each of 9 speakers; 31 35 88 44 29 24 40 50 29 test utterances; 7 to 29 frames.
    train, test = data.load_japanese_vowels()
    assert train.x.shape[0::2] == (270, 12) and test.x.shape[0::2] == (370, 12)
    assert np.bincount(train.y).tolist() == [30] * 9
    assert np.bincount(test.y).tolist() == [31, 35, 88, 44, 29, 24, 40, 50, 29]
    lengths = np.concatenate([train.lengths, test.lengths])
    assert (lengths.min(), lengths.max()) == (7, 29)
    assert train.classes == test.classes == tuple(f"speaker {k}" for k in range(1, 10))


def test_japanese_vowels_have_frames_in_time_and_coefficients_across():
    train, test = data.load_japanese_vowels()
    # The first frame of ae.train at UCI, and the second coefficient's first steps.
    np.testing.assert_array_equal(train.x[0, 0, :4], [1.860936, -0.207383, 0.261557, -0.214562])
    np.testing.assert_array_equal(train.x[0, :3, 1], [-0.207383, -0.193249, -0.239664])
    assert (train.lengths[0], train.y[0], test.y[-1]) == (20, 0, 8)
    np.testing.assert_array_equal(test.x[-1, test.lengths[-1] - 1, :3], [1.177449, -0.40408, 0.052026])


def test_digits_are_those_of_scikit_learn_not_scaled():
    digits, oracle = data.load_digits(), sklearn.datasets.load_digits()
    assert digits.x.shape == (1797, 64, 1) and digits.x.dtype == np.float64
    np.testing.assert_array_equal(digits.x[..., 0], oracle.data)
    np.testing.assert_array_equal(digits.y, oracle.target)
    np.testing.assert_array_equal(digits.lengths, 64)
    assert (digits.x.min(), digits.x.max(), digits.classes) == (0, 16, tuple("0123456789"))


def test_sequences_are_cut_by_slices_and_indices():
    train, _ = data.load_japanese_vowels()
    for part in (slice(28, 33), np.array([200, 3, 77])):
        cut = train[part]
        np.testing.assert_array_equal(cut.x, train.x[part])
        np.testing.assert_array_equal(cut.lengths, train.lengths[part])
        np.testing.assert_array_equal(cut.y, train.y[part])
    assert len(train[28:33]) == 5
    with pytest.raises(TypeError, match="cut by a slice or an array of indices, not by 3"):
        train[3]


def test_sequences_say_what_they_are():
    train, _ = data.load_japanese_vowels()
    assert "sequences 270; steps 7 to 26, padded to 26; features 12; classes speaker 1, speaker 2" in repr(train)
    html = replace(train, classes=("<i>", *train.classes[1:]))._repr_html_()
    assert "&lt;i&gt;" in html and "<i>" not in html and "color" not in html


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"x": np.zeros((3, 4))}, ValueError, r"x has shape \(3, 4\), wanted \(n, time, feature\)"),
        ({"x": np.full((3, 4, 2), np.nan)}, ValueError, r"x has nan at \[0, 0, 0\]"),
        ({"lengths": [4, 4, 5]}, ValueError, "lengths goes from 4 to 5, it must lie in 1 to 4"),
        ({"lengths": [0, 4, 4]}, ValueError, "lengths goes from 0 to 4, it must lie in 1 to 4"),
        ({"lengths": [4, 4]}, ValueError, r"lengths has shape \(2,\), wanted \(n=3\)"),
        ({"lengths": [4, 3, 4]}, ValueError, r"x is not zero beyond the lengths \(1 such steps\)"),
        ({"y": [0, 1, 2]}, ValueError, "y goes from 0 to 2, it must lie in 0 to 1"),
        ({"y": [0.0, 1.0, 1.0]}, TypeError, "y has dtype float64, it must be whole numbers"),
    ],
)
def test_sequences_refuse(change, error, sentence):
    good = {"name": "s", "x": np.ones((3, 4, 2)), "lengths": [4, 4, 4], "y": [0, 1, 1], "classes": ("a", "b")}
    data.Sequences(**good)
    with pytest.raises(error, match=sentence):
        data.Sequences(**good | change)


def test_pad_keeps_values_lengths_and_dtype():
    rng = np.random.default_rng(2)
    arrays = [rng.normal(size=(time, 3)).astype(np.float32) for time in (4, 1, 6, 2)]
    x, lengths = data.pad(arrays)
    assert x.shape == (4, 6, 3) and x.dtype == np.float32
    assert lengths.tolist() == [4, 1, 6, 2]
    for row, array in zip(x, arrays, strict=True):
        np.testing.assert_array_equal(row[: len(array)], array)
        np.testing.assert_array_equal(row[len(array) :], 0)


@pytest.mark.parametrize(
    ("arrays", "error", "sentence"),
    [
        ([], ValueError, "sequences is empty"),
        ([np.ones(3)], ValueError, r"sequences\[0\] has shape \(3,\), wanted \(time, feature\)"),
        ([np.ones((3, 2)), np.ones((0, 2))], ValueError, r"sequences\[1\] has shape \(0, 2\), no axis"),
        ([np.ones((3, 2)), np.ones((3, 4))], ValueError, r"sequences\[1\] has 4 features of float64, .* has 2"),
        ([np.ones((3, 2)), np.ones((3, 2), int)], ValueError, r"sequences\[1\] has 2 features of int64"),
        ([np.ones((3, 2)), np.full((3, 2), np.nan)], ValueError, r"sequences\[1\] has nan at \[0, 0\]"),
        ([np.array([["a"]])], TypeError, r"sequences\[0\] has dtype <U1"),
    ],
)
def test_pad_refuses(arrays, error, sentence):
    with pytest.raises(error, match=sentence):
        data.pad(arrays)


LEAF = torch.ones(4, 2, requires_grad=True)
DOORS = {
    "pad": (lambda x: data.pad([np.ones((4, 2)), x]), "sequences[1]"),
    "Sequences": (lambda x: data.Sequences("a", x[None], [4], [0], ("a",)), "x"),
    "split": (lambda x: data.split(x), "series"),
    "Scaler.transform": (lambda x: data.Scaler().fit([[1.0, 2.0], [2.0, 4.0]]).transform(x), "v"),
    "Scaler.inverse": (lambda x: data.Scaler().fit([[1.0, 2.0], [2.0, 4.0]]).inverse(x), "v"),
    "last_value": (lambda x: data.last_value(x[None], 2), "x"),
    "take": (lambda x: missing.take(np.ones((4, 2)), x), "removed"),
    "gap_lengths": (lambda x: missing.gap_lengths(x), "missing"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("values", [LEAF, LEAF.bfloat16().detach()], ids=["gradient", "bfloat16"])
def test_a_tensor_that_numpy_cannot_read_is_named(door, values):
    call, name = DOORS[door]
    with pytest.raises(ValueError, match=f"^{re.escape(name)} cannot be made an array of numbers: "):
        call(values)


@settings(deadline=None, max_examples=500)
@given(st.sampled_from("fdeihHbQ"), st.sampled_from("<>"), st.lists(st.integers(0, 100), min_size=1, max_size=4))
def test_pad_keeps_every_dtype_and_refuses_masks(kind, order, numbers):
    dtype = np.dtype(kind).newbyteorder(order)
    column = np.array(numbers, dtype)[:, None]
    x, lengths = data.pad([column, column[:1]])
    assert x.dtype == dtype.newbyteorder("=") and lengths.tolist() == [len(numbers), 1]
    assert x[0].tolist() == column.tolist() and not x[1, 1:].any()
    with pytest.raises(TypeError, match=r"^sequences\[1\] is a masked array"):
        data.pad([column, np.ma.masked_array(column)])
