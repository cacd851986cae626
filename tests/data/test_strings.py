"""Strings to reverse, bits to count, keys to look up: each against its rule, said in another way."""

import numpy as np
import pytest

from rnn_course.data import parity_task, recall_task, reversal_task


def test_reversed_strings_are_reversed():
    pairs = reversal_task(500, 3, 9, np.random.default_rng(1))
    assert all(written == read[::-1] for read, written in pairs.texts())
    assert sorted(set(pairs.lengths.tolist())) == list(range(3, 10))
    assert set("".join(read for read, _ in pairs.texts())) == set("abcdefghijklmnopqrstuvwxyz")


def test_parity_is_that_of_the_count_so_far():
    x, y = parity_task(40, 23, np.random.default_rng(2))
    for row, answers in zip(x.tolist(), y.tolist(), strict=True):
        assert answers == [row[: t + 1].count(1) % 2 for t in range(23)]
    assert 0.4 < x.mean() < 0.6


@pytest.mark.parametrize("queries, gap", [(None, 0), (2, 0), (3, 7)])
def test_each_question_has_the_one_answer_that_was_shown(queries, gap):
    x, y, asked = recall_task(60, 5, np.random.default_rng(3), keys=8, values=6, queries=queries, gap=gap)
    count = 5 if queries is None else queries
    assert x.shape == y.shape == asked.shape == (60, 10 + gap + count)
    for row, answers, where in zip(x.tolist(), y.tolist(), asked.tolist(), strict=True):
        shown = dict(zip(row[0:10:2], row[1:10:2], strict=True))
        assert len(shown) == 5
        assert set(shown) <= set(range(1, 9))
        assert set(shown.values()) <= set(range(9, 15))
        assert row[10 : 10 + gap] == [0] * gap
        questions = row[10 + gap :]
        assert len(set(questions)) == count
        assert answers == [0] * (10 + gap) + [shown[key] for key in questions]
        assert where == [False] * (10 + gap) + [True] * count


@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda rng: reversal_task(0, 1, 2, rng), ValueError, "n is 0, it must be at least 1"),
        (lambda rng: reversal_task(1, 3, 2, rng), ValueError, "shortest is 3, it must be at most longest, which is 2"),
        (lambda rng: reversal_task(1, 1, 2, 0), TypeError, "rng is int, it must be a numpy.random.Generator"),
        (lambda rng: parity_task(1, 0, rng), ValueError, "time is 0"),
        (lambda rng: parity_task(1, 3, None), TypeError, "rng is NoneType"),
        (lambda rng: recall_task(1, 9, rng, keys=8), ValueError, "pairs is 9, it must be at most keys, which is 8"),
        (lambda rng: recall_task(1, 3, rng, queries=4), ValueError, "queries is 4, it must be at most pairs, which is"),
        (lambda rng: recall_task(1, 3, rng, gap=-1), ValueError, "gap is -1, it must be at least 0"),
    ],
)
def test_bad_arguments_are_refused(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(np.random.default_rng(0))
