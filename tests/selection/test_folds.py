"""Folds in time order by hand, shuffled ones held to scikit-learn's, and a gap no longer than it needs to be."""

import numpy as np
import pytest
from sklearn.model_selection import KFold
from sweeps import HORIZON, LENGTH, gru, walk

from rnn_course.data import windows
from rnn_course.selection import rolling_origin, shuffled_folds
from rnn_course.selection.task import Problem


@pytest.mark.parametrize(
    ("arguments", "wanted"),  # each fold: where training begins and ends, where validation begins and ends
    [
        ((8, 2), [(0, 4, 4, 6), (0, 6, 6, 8)]),
        ((8, 2, 1), [(0, 3, 4, 6), (0, 5, 6, 8)]),
        ((11, 3), [(0, 5, 5, 7), (0, 7, 7, 9), (0, 9, 9, 11)]),  # ⌊11 / 4⌋ = 2; what is left over trains the first fold
        ((11, 3, 4), [(0, 1, 5, 7), (0, 3, 7, 9), (0, 5, 9, 11)]),
        ((11, 2, 0, 4), [(0, 3, 3, 7), (0, 7, 7, 11)]),
        ((11, 2, 2, 4), [(0, 1, 3, 7), (0, 5, 7, 11)]),
        ((11, 2, 0, None, 4), [(1, 5, 5, 8), (4, 8, 8, 11)]),
        ((11, 2, 1, 4, 3), [(0, 2, 3, 7), (3, 6, 7, 11)]),
    ],
)
def test_rolling_origin_by_hand(arguments, wanted):
    found = rolling_origin(*arguments)
    for (train, validation), (begin, end, first, last) in zip(found, wanted, strict=True):
        assert train.tolist() == list(range(begin, end)) and validation.tolist() == list(range(first, last))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((2, 2), "it makes n=2 windows before the test part, and folds=2 with validation=1 and gap=0 need at least 3"),
        ((8, 3, 2), "validation=2 and gap=2 need at least 9"),
        ((8, 2, 0, 4), "validation=4 and gap=0 need at least 9"),
        ((8, 1), "folds is 1, it must be at least 2"),
    ],
)
def test_rolling_origin_refuses(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        rolling_origin(*arguments)
    n, *others = arguments
    if others[0] > 1:
        assert len(rolling_origin(n + 1, *others)) == others[0]  # with one window more there is a way


def test_no_target_is_in_both_parts_and_the_gap_is_not_longer_than_that_needs():
    index = windows(walk(), LENGTH, HORIZON).index
    for train, validation in Problem.of(gru, walk(), length=LENGTH, horizon=HORIZON).splits:
        assert index[train].max() + 1 == index[validation].min()


def test_shuffled_folds_are_scikit_learns_but_for_the_draw():
    n, folds = 23, 4
    found = shuffled_folds(n, folds, seed=5)
    wanted = KFold(folds, shuffle=True, random_state=0).split(np.zeros(n))
    assert [(len(a), len(b)) for a, b in found] == [(len(a), len(b)) for a, b in wanted]
    assert sorted(np.concatenate([b for _, b in found])) == list(range(n))
    for train, validation in found:
        assert sorted([*train, *validation]) == list(range(n))
    assert [len(train) for train, _ in shuffled_folds(n, folds, max_train=11)] == [11] * folds
